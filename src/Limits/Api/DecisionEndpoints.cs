using AgentConsole.Access;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Pricing;

namespace AgentConsole.Limits.Api;

/// <summary>In front of every request of a gateway: reserve before, settle after. A key of a tenant speaks for that tenant alone.</summary>
internal static class DecisionEndpoints
{
    private const string ReserveExample = """{"requestId":"req-1","tenant":"acme","user":"u-17","key":"vk-3","team":"search","model":"claude-sonnet-4-5","provider":"anthropic","estimate":{"tokens":4096,"cost":"0.061440"}}""";
    private const string SettleExample = """{"requestId":"req-1","actual":{"tokens":1340,"cost":"0.004846"}}""";
    private const string ReleaseExample = """{"requestId":"req-1"}""";
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/limits").RequireAuthorization(Permission.ManageLimits.Policy()).WithTags("Limits").DisableAntiforgery().WithMetadata(new HasOwnBackPressure());
        group.MapPost("/reserve", ReserveAsync)
            .WithSummary("Holds what a request may come to on every limit that is about it, or on none. Again with the same id: the same answer while it holds.")
            .WithBody("requestId is also the id of the request's usage event. The estimate is an upper bound; tokens or cost are needed where a limit counts them. holdSeconds: 1 to 3600, default as configured. session is needed by limits of sessions.", ReserveExample, "application/json")
            .Produces<GrantedJson>().Produces<RefusedJson>(429).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);
        group.MapPost("/extend", ExtendAsync).WithSummary("Holds longer from now on, and as much as is estimated now. A refusal leaves the hold as it was.")
            .WithBody("estimate and holdSeconds may be left out.", """{"requestId":"req-1","estimate":{"tokens":8192,"cost":"0.12"},"holdSeconds":600}""", "application/json")
            .Produces<GrantedJson>().Produces<RefusedJson>(429).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        group.MapPost("/settle", SettleAsync).WithSummary("What the request came to takes the place of its hold. Its usage event, when it is taken in, counts instead.")
            .WithBody("tenant is needed only where keys of the platform use one id for several tenants.", SettleExample, "application/json")
            .Produces<SettledJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        group.MapPost("/release", ReleaseAsync).WithSummary("The request used nothing: its hold ends.").WithBody("tenant as for settle.", ReleaseExample, "application/json")
            .Produces<ReleasedJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<IResult> ReserveAsync(HttpContext context, Limiter limiter, CurrentAccess access, CancellationToken cancellationToken)
    {
        var read = await LimitBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return LimitEndpoints.Refuse(read.Error, context);
        var body = read.Value;
        var caller = Caller.Of(context);
        var own = caller.ReachOf(Permission.ManageLimits).Only;
        var tenant = own is null ? body.RequiredText("tenant") : body.Text("tenant") ?? own;
        var estimate = body.OptionalObject("estimate");
        var request = new LimitRequest(
            body.RequiredText("requestId"),
            new(tenant, body.Text("team"), body.Text("user"), body.Text("key"), body.Text("model"), body.Text("provider") is { } provider ? Providers.Canonical(provider) : null, body.Text("session")),
            estimate.Integer("tokens"), estimate.Decimal("cost"), HoldFor(body));
        if (body.Errors.Count == 0 && !Tenant.IsValidId(tenant)) body.Errors.Add("tenant is a tenant's id.");
        if (body.Error is { } error) return LimitEndpoints.Refuse(error, context);
        if (!caller.Can(Permission.ManageLimits, tenant)) return LimitEndpoints.Refuse(new NotAllowed(), context);
        if (access.IsSuspended(tenant)) return LimitEndpoints.Refuse(new TenantIsSuspended(tenant), context);

        // Who speaks for several tenants settles without naming one.
        var remembering = own is null ? limiter.RememberTenantAsync(request.RequestId, tenant) : Task.CompletedTask;
        var decided = await limiter.ReserveAsync(request, cancellationToken);
        await remembering;
        return Answer(decided, context);
    }

    private static async Task<IResult> ExtendAsync(HttpContext context, Limiter limiter, CancellationToken cancellationToken)
    {
        var read = await LimitBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return LimitEndpoints.Refuse(read.Error, context);
        var body = read.Value;
        var (id, estimate) = (body.RequiredText("requestId"), body.OptionalObject("estimate"));
        var (tokens, cost, hold) = (estimate.Integer("tokens"), estimate.Decimal("cost"), HoldFor(body));
        var tenant = await TenantAsync(body, id, Caller.Of(context), limiter);
        return tenant.Ok ? Answer(await limiter.ExtendAsync(tenant.Value, id, tokens, cost, hold, cancellationToken), context) : LimitEndpoints.Refuse(tenant.Error, context);
    }

    private static async Task<IResult> SettleAsync(HttpContext context, Limiter limiter, CancellationToken cancellationToken)
    {
        var read = await LimitBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return LimitEndpoints.Refuse(read.Error, context);
        var body = read.Value;
        var (id, actual) = (body.RequiredText("requestId"), body.Object("actual"));
        var (tokens, cost) = (actual.Integer("tokens"), actual.RequiredDecimal("cost"));
        if (tokens is null && body.Errors.Count == 0) body.Errors.Add("actual.tokens is required.");
        var tenant = await TenantAsync(body, id, Caller.Of(context), limiter);
        if (!tenant.Ok) return LimitEndpoints.Refuse(tenant.Error, context);
        var settled = await limiter.SettleAsync(tenant.Value, id, tokens!.Value, cost, cancellationToken);
        return settled.Ok ? JsonAnswer.Of(new SettledJson(true), DecisionJson.Default.SettledJson) : LimitEndpoints.Refuse(settled.Error, context);
    }

    private static async Task<IResult> ReleaseAsync(HttpContext context, Limiter limiter, CancellationToken cancellationToken)
    {
        var read = await LimitBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return LimitEndpoints.Refuse(read.Error, context);
        var id = read.Value.RequiredText("requestId");
        var tenant = await TenantAsync(read.Value, id, Caller.Of(context), limiter);
        if (!tenant.Ok) return LimitEndpoints.Refuse(tenant.Error, context);
        var released = await limiter.ReleaseAsync(tenant.Value, id, cancellationToken);
        return released.Ok ? JsonAnswer.Of(new ReleasedJson(true), DecisionJson.Default.ReleasedJson) : LimitEndpoints.Refuse(released.Error, context);
    }

    /// <summary>The caller's own, the one that is named, or the one for which the request was reserved.</summary>
    private static async Task<Result<string>> TenantAsync(LimitBody body, string requestId, Caller caller, Limiter limiter)
    {
        var named = body.Text("tenant");
        if (body.Error is { } error) return error;
        if ((named ?? caller.ReachOf(Permission.ManageLimits).Only) is { } tenant) return caller.Can(Permission.ManageLimits, tenant) ? tenant : new NotAllowed();
        try
        {
            return await limiter.FindTenantAsync(requestId) switch
            {
                null => new UnknownReservation(requestId),
                "" => new AmbiguousReservation(requestId),
                var found => caller.Can(Permission.ManageLimits, found) ? found : new UnknownReservation(requestId),
            };
        }
        catch (CountersAwayException)
        {
            return new CountersAway();
        }
    }

    private static TimeSpan? HoldFor(LimitBody body) => body.Integer("holdSeconds") is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1_000_000)) : null;

    private static IResult Answer(Result<LimitDecision> decided, HttpContext context)
    {
        if (!decided.Ok) return LimitEndpoints.Refuse(decided.Error, context);
        if (decided.Value.Refusal is not { } refusal) return JsonAnswer.Of(GrantedJson.Of(decided.Value), DecisionJson.Default.GrantedJson);
        Problems.SetRetryAfter(context, Wait(refusal));
        return JsonAnswer.Of(RefusedJson.Of(refusal), DecisionJson.Default.RefusedJson, StatusCodes.Status429TooManyRequests);
    }

    /// <summary>What is not known may be known in a second; a request may end, and a sender that sleeps for weeks is no use to anyone.</summary>
    private static TimeSpan Wait(LimitRefusal refusal)
    {
        if (refusal.Reason == LimitRefusalReason.Unknown || refusal.Limit.Measure == LimitMeasure.Concurrency || refusal.ResetsAt is not { } at) return TimeSpan.FromSeconds(1);
        var wait = at - TimeProvider.System.GetUtcNow();
        return wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > LongestWait ? LongestWait : wait;
    }
}
