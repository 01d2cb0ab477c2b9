using AgentConsole.Access;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;

namespace AgentConsole.Limits.Api;

/// <summary>Limits over HTTP. A tenant's key sees and changes its own alone; any other is not found.</summary>
internal static class LimitEndpoints
{
    private const string Example = """{"scope":{"tenant":"acme","user":"*"},"measure":"cost","max":"25.00","window":"day","action":"block","reason":"Trial"}""";
    private const int MostChecks = 1000;

    private static readonly QueryParameter[] ListParameters =
    [
        new("tenant", "Only limits of this tenant; * for those of every tenant. Default: all within reach."), new("measure", "Only of this measure.", Values: ["requests", "tokens", "cost", "concurrency"]),
        new("user", "Only those whose scope names this user; * for those of each. So with key and model."), new("key", "See user."), new("model", "See user."),
        new("search", "A part of a name in the scope, or of the reason."), new("status", "Only those in force, or only those whose time is over.", Values: ["live", "over"]),
        new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000, default 100.", Format: "int32"),
    ];

    private static readonly QueryParameter[] SubjectParameters =
        [new("tenant", "Default: the key's own."), .. LimitNames.Dimensions.Select(static dimension => new QueryParameter(dimension.Name(), $"The request's {dimension.Name()}."))];

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/limits").RequireAuthorization(Permission.ReadLimits.Policy()).WithTags("Limits");
        read.MapGet("", ListAsync).WithSummary("Limits, newest first.").WithQuery(ListParameters).Produces<LimitListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/{id:guid}", FindAsync).WithSummary("One limit.").Produces<LimitJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        read.MapGet("/effective", EffectiveAsync).WithSummary("Every limit that is about a request: what is used and held, what is left, when it begins anew, which one binds.")
            .WithQuery(SubjectParameters).Produces<EffectiveJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/refusals", RefusalsAsync).WithSummary("Requests that were refused, newest first: by which limit, what was left, and when it resets. Of each tenant the newest 1,000 are kept.")
            .WithQuery(new QueryParameter("tenant", "Only of this tenant. Default: all within reach."), new QueryParameter("requestId", "Only the request of this id."), new QueryParameter("user", "Only of this user. So with key and model."),
                new QueryParameter("key", "See user."), new QueryParameter("model", "See user."), new QueryParameter("limit", "1 to 1000, default 100.", Format: "int32"))
            .Produces<RefusalListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/state", StateAsync).WithSummary("Whether the counters are there, how they compared with the ledger last, and how decisions went on this node.")
            .WithQuery(new QueryParameter("tenant", "Default: the key's own, or all.")).Produces<StateJson>().ProducesProblem(401).ProducesProblem(403);

        var write = app.MapGroup("/api/v1/limits").RequireAuthorization(Permission.ManageLimits.Policy()).WithTags("Limits").DisableAntiforgery();
        write.MapPost("", CreateAsync).WithSummary("Sets a limit. It counts on every node within two seconds, with what was used before in the present window.")
            .WithBody("Scope values are names, or * for each (each user gets that much); one that names a user goes before one for each. A limit of concurrency has no window.", Example, "application/json")
            .Produces<LimitJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes a limit; what was used stays counted.").WithBody("As for making one, whole.", Example, "application/json")
            .Produces<LimitJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapDelete("/{id:guid}", RemoveAsync).WithSummary("Takes a limit away.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapPost("/dry-run", DryRunAsync).WithSummary("Who a limit would have blocked: when first, how many requests, how much money. Changes nothing.")
            .WithBody("limit as for making one; days: 1 to 90, default 30.", $$"""{"limit":{{Example}},"days":30}""", "application/json")
            .Produces<DryRunJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, LimitQueries limits, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadLimits);
        if (Text(context, "tenant") is { } tenant && !Includes(reach, tenant)) return Problems.From(new NotAllowed(), 403, context);
        var (limit, measure) = (100, Text(context, "measure"));
        if (Text(context, "limit") is { } number && (!int.TryParse(number, out limit) || limit is < 1 or > 1000)) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        if (measure is not null && LimitNames.Measure(measure) is null) return Problems.Invalid("measure is one of requests, tokens, cost, concurrency.", context);
        if (Text(context, "status") is not (null or "live" or "over")) return Problems.Invalid("status is one of live, over.", context);
        if (Text(context, "cursor") is { } cursor && !LimitQueries.IsCursor(cursor)) return Problems.Invalid("cursor is not one that this list gave.", context);
        bool? live = Text(context, "status") is { } status ? status == "live" : null;
        var page = await limits.ListAsync(reach, new(
            Text(context, "tenant"), LimitNames.Measure(measure), Text(context, "user"), Text(context, "key"), Text(context, "model"), Text(context, "search"), live, Text(context, "cursor"), limit), cancellationToken);
        return Results.Ok(new LimitListJson([.. page.Items.Select(LimitJson.Of)], page.NextCursor, page.Total));
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, LimitQueries limits, CancellationToken cancellationToken) =>
        await limits.FindAsync(Caller.Of(context).ReachOf(Permission.ReadLimits), id, cancellationToken) is { } row ? Results.Ok(LimitJson.Of(row)) : Refuse(new UnknownLimit(id), context);

    private static async Task<IResult> EffectiveAsync(HttpContext context, Limiter limiter, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadLimits);
        if ((Text(context, "tenant") ?? reach.Only) is not { } tenant || !Tenant.IsValidId(tenant)) return Problems.Invalid("tenant is required: a tenant's id.", context);
        if (!reach.Includes(tenant)) return Problems.From(new NotAllowed(), 403, context);
        var provider = Text(context, "provider") is { } name ? Pricing.Providers.Canonical(name) : null;
        var subject = new LimitSubject(tenant, Text(context, "team"), Text(context, "user"), Text(context, "key"), Text(context, "model"), provider, Text(context, "session"));
        if (LimitNames.Dimensions.FirstOrDefault(dimension => subject[dimension]?.Length > LimitDraft.MaxNameLength, (LimitDimension)(-1)) is >= 0 and var tooLong) return Problems.Invalid($"{tooLong.Name()} is at most {LimitDraft.MaxNameLength} characters.", context);
        return Results.Ok(EffectiveJson.Of(await limiter.ReadAsync(subject, cancellationToken)));
    }

    private static async Task<IResult> RefusalsAsync(HttpContext context, RefusalQueries refusals, CancellationToken cancellationToken)
    {
        var (reach, limit) = (Caller.Of(context).ReachOf(Permission.ReadLimits), 100);
        if (Text(context, "tenant") is { } tenant && !reach.Includes(tenant)) return Problems.From(new NotAllowed(), 403, context);
        if (Text(context, "limit") is { } number && (!int.TryParse(number, out limit) || limit is < 1 or > 1000)) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        var found = await refusals.ListAsync(Text(context, "tenant") is { } only ? reach.Within(only) : reach, new(Text(context, "requestId"), Text(context, "user"), Text(context, "key"), Text(context, "model"), null, limit), cancellationToken);
        return Results.Ok(new RefusalListJson([.. found.Select(RefusalJson.Of)], null));
    }

    private static async Task<IResult> StateAsync(HttpContext context, LimitQueries limits, LimiterState state, LoadCounters load, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadLimits);
        var tenant = Text(context, "tenant") ?? reach.Only;
        if (tenant is not null && !Includes(reach, tenant)) return Problems.From(new NotAllowed(), 403, context);
        var figures = state.Read();
        var counters = figures switch
        {
            { AwaySince: not null } => "away",
            { MemorySince: null } => "loading",
            _ => tenant is null || tenant == LimitScope.Each || load.LoadedAt(tenant) is not null || !load.HasLimits(tenant) ? "ready" : "loading",
        };
        return Results.Ok(new StateJson(counters, figures.AwaySince, reach.IsPlatform ? figures : null, [.. (await limits.ListChecksAsync(reach, tenant, MostChecks, cancellationToken)).Select(CheckJson.Of)]));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CreateLimit create, CancellationToken cancellationToken)
    {
        var draft = await ReadAsync(context, static body => body, cancellationToken);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var made = await create.ExecuteAsync(draft.Value.Draft, Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Created($"/api/v1/limits/{made.Value.Id}", LimitJson.Of(made.Value)) : Refuse(made.Error, context);
    }

    private static async Task<IResult> ChangeAsync(Guid id, HttpContext context, ChangeLimit change, LimitQueries limits, CancellationToken cancellationToken)
    {
        // One that is not there is not found, whatever the body says.
        if (await limits.FindAsync(Caller.Of(context).ReachOf(Permission.ManageLimits), id, cancellationToken) is null) return Refuse(new UnknownLimit(id), context);
        var draft = await ReadAsync(context, static body => body, cancellationToken);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var changed = await change.ExecuteAsync(id, draft.Value.Draft, Caller.Of(context), cancellationToken);
        return changed.Ok ? Results.Ok(LimitJson.Of(changed.Value)) : Refuse(changed.Error, context);
    }

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, RemoveLimit remove, CancellationToken cancellationToken)
    {
        var removed = await remove.ExecuteAsync(id, Caller.Of(context), cancellationToken);
        return removed.Ok ? Results.NoContent() : Refuse(removed.Error, context);
    }

    private static async Task<IResult> DryRunAsync(HttpContext context, DryRunLimit dryRun, CancellationToken cancellationToken)
    {
        var draft = await ReadAsync(context, static body => body.Object("limit"), cancellationToken);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var run = await dryRun.ExecuteAsync(draft.Value.Draft, draft.Value.Days, Caller.Of(context), cancellationToken);
        return run.Ok ? Results.Ok(DryRunJson.Of(run.Value)) : Refuse(run.Error, context);
    }

    private static async Task<Result<(LimitDraft Draft, int Days)>> ReadAsync(HttpContext context, Func<LimitBody, LimitBody> limit, CancellationToken cancellationToken)
    {
        var body = await LimitBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return body.Error;
        var draft = LimitJson.Read(limit(body.Value), Caller.Of(context).ReachOf(Permission.ManageLimits).Only);
        var days = body.Value.Integer("days") ?? 30;
        return body.Value.Error is { } error ? error : (draft, days is >= 1 and <= DryRunLimit.MaxDays ? (int)days : 0);
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString().Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } text ? text : null;

    private static bool Includes(Reach reach, string tenant) => tenant == LimitScope.Each ? reach.IsPlatform : reach.Includes(tenant);

    internal static IResult Refuse(Error error, HttpContext context)
    {
        var status = error switch
        {
            NotAllowed or TenantIsSuspended => StatusCodes.Status403Forbidden,
            UnknownLimit or UnknownTenant or UnknownReservation => StatusCodes.Status404NotFound,
            LimitExists or LimitOfABudget or TooManyLimits or ReservationIsOver or AmbiguousReservation => StatusCodes.Status409Conflict,
            BodyTooBig => StatusCodes.Status413PayloadTooLarge,
            TooManyHeld => StatusCodes.Status429TooManyRequests,
            CountersAway or SettlementNotKept => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        var problem = Problems.Details(error.Code, error.Message, status, context);
        if (error is InvalidLimit { Reasons: var limit }) problem.Extensions["errors"] = limit;
        if (error is InvalidReservation { Reasons: var reservation }) problem.Extensions["errors"] = reservation;
        if (error is InvalidBody { Reasons: var body }) problem.Extensions["errors"] = body;
        if (status is 429 or 503) Problems.SetRetryAfter(context, TimeSpan.FromSeconds(1));
        return Results.Problem(problem);
    }
}
