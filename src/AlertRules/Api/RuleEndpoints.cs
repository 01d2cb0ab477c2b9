using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules.Api;

/// <summary>Alert rules over HTTP. A tenant's key sees and changes its own alone; any other is not found.</summary>
internal static class RuleEndpoints
{
    private const string Example = """
        {"tenant":"acme","name":"Too many failures","measure":"failureRate","filter":{"provider":"openai"},"each":"user","condition":"above","threshold":"0.05","window":"hour","forMinutes":10,"recoverMinutes":15,
         "subjects":[{"subject":"u-17","threshold":"0.2"}],"mutes":[{"from":"22:00","to":"06:00","days":[6,7]}],"severity":"critical","channels":[],"enabled":true}
        """;
    private const string Says = "measure: one of the explorer's. condition: above, below, rises, falls (percent against previous, dayBefore or weekBefore) or noData. window: 15m, hour or day. each: user, key, model or provider.";

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/alert-rules").RequireAuthorization(Permission.ReadBudgets.Policy()).WithTags("Alert rules");
        read.MapGet("", ListAsync).WithSummary("Alert rules, oldest first.").WithQuery(new QueryParameter("tenant", "Only of this tenant. Default: all within reach."), new("cursor", "nextCursor of the page before."))
            .Produces<RuleListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/{id:guid}", FindAsync).WithSummary("One alert rule.").Produces<RuleJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

        var write = app.MapGroup("/api/v1/alert-rules").RequireAuthorization(Permission.ManageBudgets.Policy()).WithTags("Alert rules").DisableAntiforgery();
        write.MapPost("", CreateAsync).WithSummary("Makes an alert rule; it is looked at each minute.").WithBody(Says, Example, "application/json").Produces<RuleJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes an alert rule; what was pending or firing begins anew.").WithBody("As for making one, whole.", Example, "application/json").Produces<RuleJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapDelete("/{id:guid}", RemoveAsync).WithSummary("Takes an alert rule away, with its open alerts.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapPost("/backtest", BacktestAsync).WithSummary("When a rule would have fired in the days before, window by window. Changes nothing.")
            .WithBody("rule as for making one; days: 1 to 30, default 30.", $$"""{"rule":{{Example}},"days":30}""", "application/json").Produces<BacktestJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);
    }

    private static async Task<IResult> ListAsync(HttpContext context, RuleQueries rules, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadBudgets);
        string[] named = [.. context.Request.Query["tenant"].OfType<string>().Where(static tenant => tenant.Length > 0)];
        if (!named.All(reach.Includes)) return Refuse(new NotAllowed(), context);
        var cursor = context.Request.Query["cursor"].ToString();
        if (cursor.Length > 0 && !Guid.TryParse(cursor, out _)) return Problems.Invalid("cursor is not one that this list gave.", context);
        var found = await rules.ListAsync(named.Length == 0 ? reach : Reach.Of(named), cursor.Length == 0 ? null : Guid.Parse(cursor), cancellationToken);
        return Results.Ok(new RuleListJson([.. found.Select(static rule => RuleJson.Of(rule.Rule))], found.Count == RuleQueries.MaxListed ? found[^1].Rule.Id.ToString() : null));
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, RuleQueries rules, CancellationToken cancellationToken) =>
        await rules.FindAsync(Caller.Of(context).ReachOf(Permission.ReadBudgets), id, cancellationToken) is { } found ? Results.Ok(RuleJson.Of(found.Rule)) : Refuse(new UnknownRule(id), context);

    private static async Task<IResult> CreateAsync(HttpContext context, SaveRule save, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(context, static body => body, cancellationToken);
        if (!read.Ok) return Refuse(read.Error, context);
        var made = await save.CreateAsync(read.Value.Tenant, read.Value.Rule, Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Created($"/api/v1/alert-rules/{made.Value.Id}", RuleJson.Of(made.Value)) : Refuse(made.Error, context);
    }

    private static async Task<IResult> ChangeAsync(Guid id, HttpContext context, SaveRule save, RuleQueries rules, CancellationToken cancellationToken)
    {
        // One that is not there is not found, whatever the body says.
        if (await rules.FindAsync(Caller.Of(context).ReachOf(Permission.ManageBudgets), id, cancellationToken) is not { } found) return Refuse(new UnknownRule(id), context);
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var read = RuleJson.Read(body.Value);
        if (!read.Ok) return Refuse(read.Error, context);
        if (read.Value.Tenant is { } tenant && tenant != found.Rule.Tenant) return Refuse(new InvalidRule(["tenant stays as it is: make another rule for another tenant."]), context);
        var changed = await save.ChangeAsync(id, read.Value.Rule, Caller.Of(context), cancellationToken);
        return changed.Ok ? Results.Ok(RuleJson.Of(changed.Value)) : Refuse(changed.Error, context);
    }

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, RemoveRule remove, CancellationToken cancellationToken)
    {
        var removed = await remove.ExecuteAsync(id, Caller.Of(context), cancellationToken);
        return removed.Ok ? Results.NoContent() : Refuse(removed.Error, context);
    }

    private static async Task<IResult> BacktestAsync(HttpContext context, BacktestRule backtest, CancellationToken cancellationToken)
    {
        var days = BacktestRule.MostDays;
        var read = await ReadAsync(context, body =>
        {
            days = body.Integer("days", BacktestRule.MostDays);
            return body.Within("rule", static inner => inner);
        }, cancellationToken);
        if (!read.Ok) return Refuse(read.Error, context);
        var test = await backtest.ExecuteAsync(read.Value.Tenant, read.Value.Rule, days, Caller.Of(context), cancellationToken);
        return test.Ok ? Results.Ok(BacktestJson.Of(test.Value)) : Refuse(test.Error, context);
    }

    private static async Task<Result<(string Tenant, RuleDefinition Rule)>> ReadAsync(HttpContext context, Func<JsonBody, JsonBody> rule, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return body.Error;
        var read = RuleJson.Read(rule(body.Value));
        if (body.Value.Error is { } error) return error;
        if (!read.Ok) return read.Error;
        var tenant = read.Value.Tenant ?? Caller.Of(context).ReachOf(Permission.ManageBudgets).Only;
        if (tenant is null) return new InvalidRule(["tenant is required: whose rule it is."]);
        return Tenant.IsValidId(tenant) ? (tenant, read.Value.Rule) : new InvalidTenantId(tenant);
    }

    private static IResult Refuse(Error error, HttpContext context)
    {
        var status = error switch
        {
            NotAllowed => StatusCodes.Status403Forbidden,
            UnknownRule or UnknownTenant => StatusCodes.Status404NotFound,
            TooManyRules => StatusCodes.Status409Conflict,
            BodyTooBig => StatusCodes.Status413PayloadTooLarge,
            TooMuchToRead => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        var problem = Problems.Details(error.Code, error is UnknownChannel ? $"channels: {error.Message}" : error.Message, status, context);
        if (error is InvalidRule { Reasons: var reasons }) problem.Extensions["errors"] = reasons;
        return Results.Problem(problem);
    }
}
