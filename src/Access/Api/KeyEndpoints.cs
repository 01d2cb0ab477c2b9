using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Access.Api;

/// <summary>API keys over HTTP. A tenant's key sees and makes keys of its tenant alone; a key beyond reach is not found.</summary>
internal static class KeyEndpoints
{
    private const string Example = """{"tenant":"acme","name":"gateway","scopes":["ingest"],"expiresAt":"2027-06-30T00:00:00Z","allowedAddresses":["203.0.113.0/24"]}""";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGroup("/api/v1/keys").RequireAuthorization(Permission.ReadKeys.Policy()).WithTags("Access")
            .MapGet("", ListAsync).WithSummary("API keys, newest first; never their secrets.").WithQuery(AccessParameters.Keys)
            .Produces<KeyListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

        var write = app.MapGroup("/api/v1/keys").RequireAuthorization(Permission.ManageKeys.Policy()).WithTags("Access").DisableAntiforgery();
        write.MapPost("", CreateAsync)
            .WithSummary("Creates a key. Its secret is in this answer and never again. Without tenant it is of the caller's tenant, or, for a caller of the platform, of the platform (\"*\").")
            .WithBody("Scopes are of ingest, read, limits, admin. Without expiresAt it does not end, without allowedAddresses it works from anywhere.", Example, "application/json")
            .Produces<KeyJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapPost("/{id}/rotate", RotateAsync).WithSummary("Makes a key with the same name and rights; the old one works until the grace is over.")
            .WithBody("graceMinutes: 0 to 43200, default 60.", """{"graceMinutes":60}""", "application/json")
            .Produces<KeyJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapDelete("/{id}", RevokeAsync).WithSummary("Ends a key, on every node within five seconds. Of one that has ended it changes nothing.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, KeyQueries keys, CancellationToken cancellationToken)
    {
        var query = new ListQuery(context);
        var reach = Caller.Of(context).ReachOf(Permission.ReadKeys);
        var tenant = query.Text("tenant");
        if (tenant is not null && (tenant == KeyQuery.OfPlatform ? !reach.IsPlatform : !reach.Includes(tenant))) return Problems.From(new NotAllowed(), 403, context);
        if (query.Limit is not { } limit) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        if (query.Text("cursor") is { } cursor && !KeyQueries.IsCursor(cursor)) return Problems.Invalid("cursor is not one that this list gave.", context);
        if (query.Text("status") is not (null or "live" or "over" or "expiring")) return Problems.Invalid("status is one of live, over, expiring.", context);
        bool? live = query.Text("status") switch { "live" => true, "over" => false, _ => null };
        return Results.Ok(KeyListJson.Of(await keys.ListAsync(reach, new(tenant, live, query.Text("status") == "expiring", query.Text("search"), query.Text("cursor"), limit), cancellationToken)));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CreateKey create, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var caller = Caller.Of(context);
        var draft = ReadDraft(body.Value, caller);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var made = await create.ExecuteAsync(draft.Value, caller, cancellationToken);
        return made.Ok ? Results.Json(KeyJson.Of(made.Value.Key, made.Value.Secret), statusCode: StatusCodes.Status201Created) : Refuse(made.Error, context);
    }

    /// <summary>A tenant that is said and empty is a mistake, and must not become a key of the platform.</summary>
    private static Result<KeyDraft> ReadDraft(JsonBody body, Caller caller)
    {
        var tenant = body.Has("tenant") ? body.RequiredText("tenant") : caller.ReachOf(Permission.ManageKeys).Only ?? KeyQuery.OfPlatform;
        var draft = new KeyDraft(
            tenant == KeyQuery.OfPlatform ? null : tenant ?? "", body.RequiredText("name") ?? "", body.Texts("scopes", required: true), body.NullableTime("expiresAt"), body.Texts("allowedAddresses", required: false));
        if (body.Error is { } error) return error;
        if (draft.Tenant is { } id && !Tenant.IsValidId(id)) return new InvalidTenantId(id);
        return draft;
    }

    private static async Task<IResult> RotateAsync(string id, HttpContext context, RotateKey rotate, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken, optional: true);
        if (!body.Ok) return Refuse(body.Error, context);
        var minutes = body.Value.Integer("graceMinutes", (int)RotateKey.DefaultGrace.TotalMinutes);
        if (body.Value.Error is { } error) return Refuse(error, context);
        var made = await rotate.ExecuteAsync(id, TimeSpan.FromMinutes(minutes), Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Json(KeyJson.Of(made.Value.Key, made.Value.Secret), statusCode: StatusCodes.Status201Created) : Refuse(made.Error, context);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, RevokeKey revoke, CancellationToken cancellationToken)
    {
        var revoked = await revoke.ExecuteAsync(id, Caller.Of(context), cancellationToken);
        return revoked.Ok ? Results.NoContent() : Refuse(revoked.Error, context);
    }

    internal static IResult Refuse(Error error, HttpContext context) => Problems.From(error, error switch
    {
        NotAllowed or ScopeNotYours => StatusCodes.Status403Forbidden,
        UnknownKey or UnknownTenant => StatusCodes.Status404NotFound,
        BodyTooBig => StatusCodes.Status413PayloadTooLarge,
        KeyIsOver or TenantTaken => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    }, context);
}
