using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.Budgets.Api;

/// <summary>Budgets over HTTP. A tenant's key sees and changes its own alone; any other is not found.</summary>
internal static class BudgetEndpoints
{
    private const string Example = """{"name":"Search team","scope":{"tenant":"acme","team":"search"},"amount":"500.00","period":"month","thresholds":[50,80,100],"block":false,"channels":[]}""";

    private static readonly QueryParameter[] ListParameters =
        [new("tenant", "Only of this tenant. Default: all within reach."), new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000, default 100.", Format: "int32")];

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/budgets").RequireAuthorization(Permission.ReadBudgets.Policy()).WithTags("Budgets");
        read.MapGet("", ListAsync).WithSummary("Budgets, oldest first.").WithQuery(ListParameters).Produces<BudgetListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/{id:guid}", FindAsync).WithSummary("One budget: what is spent of it in the present period of the tenant's calendar, what is expected, and when it is used up.")
            .Produces<BudgetStandingJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

        var write = app.MapGroup("/api/v1/budgets").RequireAuthorization(Permission.ManageBudgets.Policy()).WithTags("Budgets").DisableAntiforgery();
        write.MapPost("", CreateAsync).WithSummary("Sets a budget. What was spent before it in the present period counts.")
            .WithBody("Scope values are names; one may be * for each (each user gets that much). amount: USD. period: day, week, month, quarter or year. thresholds: percent, default 50, 80, 100. channels: ids.", Example, "application/json")
            .Produces<BudgetJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes a budget. What is crossed of another scope, amount or period is told anew.").WithBody("As for making one, whole.", Example, "application/json")
            .Produces<BudgetJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapDelete("/{id:guid}", RemoveAsync).WithSummary("Takes a budget away, with its open alerts.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, BudgetQueries budgets, CancellationToken cancellationToken)
    {
        var (reach, tenant, cursor, limitText) = (Caller.Of(context).ReachOf(Permission.ReadBudgets), Text(context, "tenant"), Text(context, "cursor"), Text(context, "limit"));
        if (context.Request.Query["tenant"].OfType<string>().Any(named => named.Length > 0 && !reach.Includes(named))) return Refuse(new NotAllowed(), context);
        if (context.Request.Query["tenant"].Count > 1) return Problems.Invalid("tenant is named once.", context);
        if (cursor is not null && !Guid.TryParse(cursor, out _)) return Problems.Invalid("cursor is not one that this list gave.", context);
        var limit = 100;
        if (limitText is not null && (!int.TryParse(limitText, out limit) || limit is < 1 or > 1000)) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        var page = await budgets.ListAsync(reach, new(tenant, cursor is null ? null : Guid.Parse(cursor), limit), cancellationToken);
        return Results.Ok(new BudgetListJson([.. page.Items.Select(static item => BudgetJson.Of(item.Budget))], page.Next?.ToString(), page.Total));
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, BudgetQueries budgets, MeasureBudgets measure, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await budgets.FindAsync(Caller.Of(context).ReachOf(Permission.ReadBudgets), id, cancellationToken) is not { } found) return Refuse(new UnknownBudget(id), context);
        var standing = await measure.ReadAsync(found.Budget, found.Zone, time.GetUtcNow(), cancellationToken);
        return standing.Ok ? Results.Ok(BudgetStandingJson.Of(found.Budget, standing.Value)) : Refuse(standing.Error, context);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CreateBudget create, CancellationToken cancellationToken)
    {
        var draft = await ReadAsync(context, cancellationToken);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var made = await create.ExecuteAsync(draft.Value, Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Created($"/api/v1/budgets/{made.Value.Id}", BudgetJson.Of(made.Value)) : Refuse(made.Error, context);
    }

    private static async Task<IResult> ChangeAsync(Guid id, HttpContext context, ChangeBudget change, BudgetQueries budgets, CancellationToken cancellationToken)
    {
        // One that is not there is not found, whatever the body says.
        if (await budgets.FindAsync(Caller.Of(context).ReachOf(Permission.ManageBudgets), id, cancellationToken) is not { } found) return Refuse(new UnknownBudget(id), context);
        var draft = await ReadAsync(context, cancellationToken, found.Budget.Tenant);
        if (!draft.Ok) return Refuse(draft.Error, context);
        var changed = await change.ExecuteAsync(id, draft.Value, Caller.Of(context), cancellationToken);
        return changed.Ok ? Results.Ok(BudgetJson.Of(changed.Value)) : Refuse(changed.Error, context);
    }

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, RemoveBudget remove, CancellationToken cancellationToken)
    {
        var removed = await remove.ExecuteAsync(id, Caller.Of(context), cancellationToken);
        return removed.Ok ? Results.NoContent() : Refuse(removed.Error, context);
    }

    private static async Task<Result<BudgetDraft>> ReadAsync(HttpContext context, CancellationToken cancellationToken, string? tenant = null)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        return body.Ok ? BudgetJson.Read(body.Value, tenant ?? Caller.Of(context).ReachOf(Permission.ManageBudgets).Only) : body.Error;
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString().Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } text ? text : null;

    private static IResult Refuse(Error error, HttpContext context)
    {
        var status = error switch
        {
            NotAllowed => StatusCodes.Status403Forbidden,
            UnknownBudget or UnknownTenant => StatusCodes.Status404NotFound,
            TooManyBudgets or BlockingNeedsAWindow => StatusCodes.Status409Conflict,
            BodyTooBig => StatusCodes.Status413PayloadTooLarge,
            TooMuchToRead => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        var problem = Problems.Details(error.Code, error is UnknownChannel ? $"channels: {error.Message}" : error.Message, status, context);
        if (error is InvalidBudget { Reasons: var reasons }) problem.Extensions["errors"] = reasons;
        return Results.Problem(problem);
    }
}
