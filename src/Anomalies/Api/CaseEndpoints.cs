using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;

namespace AgentConsole.Anomalies.Api;

/// <summary>Cases over HTTP. A tenant's key sees its own alone; any other is not found.</summary>
internal static class CaseEndpoints
{
    private static readonly string[] States = ["open", "closed"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/cases").RequireAuthorization(Permission.ReadUsage.Policy()).WithTags("Cases");
        read.MapGet("", ListAsync).WithSummary("Cases of unusual cost, those of the most money above what was expected first.")
            .WithQuery(new QueryParameter("tenant", "Only of this tenant. Default: all within reach.", Repeatable: true), new("state", "open: those that are not closed (default); or closed.", Values: States), new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000; 100 if it is not said."))
            .Produces<CaseListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/{tenant}/{id}", FindAsync).WithSummary("One case: why its cost is another than expected, as parts that sum to the difference, whose it is, and what people wrote down.")
            .Produces<CaseDetailJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

        var write = app.MapGroup("/api/v1/cases").RequireAuthorization(Permission.ManageLimits.Policy()).WithTags("Cases").DisableAntiforgery();
        write.MapPost("/{tenant}/{id}/notes", NoteAsync).WithSummary("Writes a note into the case's timeline, where it stays.").WithBody("text: 1 to 4000 characters.", """{"text":"The agent looked the same order up again and again; asked the team to cap its turns."}""", "application/json")
            .Produces<CaseJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPost("/{tenant}/{id}/close", CloseAsync).WithSummary("Closes a case with a verdict.").WithBody("verdict: confirmed, expected or falseAlarm. reason: at most 4000 characters, if any.", """{"verdict":"confirmed","reason":"A loop of identical tool calls."}""", "application/json")
            .Produces<CaseJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, CaseQueries cases, CancellationToken cancellationToken)
    {
        var (query, reach) = (context.Request.Query, Caller.Of(context).ReachOf(Permission.ReadUsage));
        string[] named = [.. query["tenant"].OfType<string>().Where(static tenant => tenant.Length > 0)];
        if (!named.All(reach.Includes)) return Refuse(new NotAllowed(), context);
        var (state, limit, skip) = (query["state"].ToString(), 100, 0);
        if (state.Length > 0 && !States.Contains(state)) return Problems.Invalid("state is open or closed.", context);
        if (query["limit"].ToString() is { Length: > 0 } most && !(int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= 1000)) return Problems.Invalid("limit is 1 to 1000.", context);
        if (query["cursor"].ToString() is { Length: > 0 } cursor && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out skip)) return Problems.Invalid("cursor is not one that this list gave.", context);
        var found = await cases.ListAsync(named.Length == 0 ? reach : Reach.Of(named), new(Closed: state == "closed", Skip: skip, Limit: limit), cancellationToken);
        var next = skip + found.Items.Count < found.Total ? (skip + found.Items.Count).ToString(CultureInfo.InvariantCulture) : null;
        return Results.Ok(new CaseListJson([.. found.Items.Select(CaseJson.Row)], next, limit));
    }

    private static async Task<IResult> FindAsync(string tenant, string id, HttpContext context, CaseQueries cases, ExplainCase explain, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadUsage);
        if (await ReadAsync(reach, tenant, id, cases, cancellationToken) is not var (one, entries)) return Refuse(new UnknownCase(id), context);
        return Results.Ok(CaseDetailJson.Of(await explain.ReadAsync(reach.Within(tenant), one, cancellationToken), entries));
    }

    private static async Task<IResult> NoteAsync(string tenant, string id, HttpContext context, NoteCase note, CaseQueries cases, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        // One that is not there is not found, whatever the body says.
        if (await ReadAsync(caller.ReachOf(Permission.ManageLimits), tenant, id, cases, cancellationToken) is not { Case.Id: var known }) return Refuse(new UnknownCase(id), context);
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var text = body.Value.RequiredText("text");
        if (body.Value.Error is { } wrong) return Refuse(wrong, context);
        var noted = await note.ExecuteAsync(tenant, known, text ?? "", caller, cancellationToken);
        return noted.Ok ? Results.Created($"/api/v1/cases/{Uri.EscapeDataString(tenant)}/{known}", CaseJson.Row(noted.Value)) : Refuse(noted.Error, context);
    }

    private static async Task<IResult> CloseAsync(string tenant, string id, HttpContext context, CloseCase close, CaseQueries cases, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        // One that is not there is not found, whatever the body says.
        if (await ReadAsync(caller.ReachOf(Permission.ManageLimits), tenant, id, cases, cancellationToken) is not { Case.Id: var known }) return Refuse(new UnknownCase(id), context);
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var (verdict, reason) = (CaseNames.ParseVerdict(body.Value.RequiredText("verdict")), body.Value.NullableText("reason"));
        if (body.Value.Error is { } wrong) return Refuse(wrong, context);
        if (verdict is not { } said) return Refuse(new InvalidVerdict(), context);
        var closed = await close.ExecuteAsync(tenant, known, said, reason ?? "", caller, cancellationToken);
        return closed.Ok ? Results.Ok(CaseJson.Row(closed.Value)) : Refuse(closed.Error, context);
    }

    private static async Task<(CaseRow Case, IReadOnlyList<CaseEntryRow> Entries)?> ReadAsync(Reach reach, string tenant, string id, CaseQueries cases, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var known) ? await cases.FindAsync(reach, tenant, known, cancellationToken) : null;

    private static IResult Refuse(Error error, HttpContext context) => Problems.From(error, error switch
    {
        NotAllowed => StatusCodes.Status403Forbidden,
        UnknownCase => StatusCodes.Status404NotFound,
        CaseIsClosed or TooManyEntries => StatusCodes.Status409Conflict,
        BodyTooBig => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status400BadRequest,
    }, context);
}
