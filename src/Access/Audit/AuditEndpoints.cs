using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Access.Audit;

/// <summary>The audit over HTTP: read and exported, never written.</summary>
internal static class AuditEndpoints
{
    private const string Csv = "text/csv; charset=utf-8";

    private static readonly QueryParameter[] Filters =
    [
        new("from", "Start of the range, included: ISO 8601 with offset, or a date in UTC. Default: 30 days before to."),
        new("to", "End of the range, not included. Default: now."),
        new("tenant", "Only this tenant's log; repeatable; empty is the platform's own.", Repeatable: true),
        new("actor", "Only this one's deeds, such as key:bootstrap."),
        new("action", "Only this action, or all of a noun: prices.add, or prices."),
        new("search", "A text anywhere in the entry."),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").RequireAuthorization(Permission.ReadAudit.Policy()).WithTags("Access");
        group.MapGet("/audit", ListAsync).WithSummary("What was changed, by whom, newest first.")
            .WithQuery([.. Filters, new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000, default 100.", Format: "int32")])
            .Produces<AuditPageJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/audit/heads", HeadsAsync).WithSummary("Where each log ends: its entries and the hash of the last, to be kept elsewhere.")
            .Produces<AuditHeadListJson>().ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/export/audit.csv", ExportAsync).WithSummary("The same entries as CSV.").WithQuery([.. Filters, new("tz", "IANA time zone of the times. Default: UTC.")])
            .Produces<string>(contentType: "text/csv").ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        // The same for a person in the browser, whose key is the right to see the page.
        app.MapGet("/export/audit.csv", ExportAsync).RequireAuthorization(AccessFeature.PagesPolicy, Permission.ReadAudit.Policy()).ExcludeFromDescription();
    }

    private static async Task<IResult> ListAsync(HttpContext context, AuditQueries audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = AuditQuery.Read(context.Request.Query, Caller.Of(context), time.GetUtcNow());
        if (!query.Ok) return Refuse(query.Error, context);
        var page = await audit.ListAsync(query.Value.Reach, query.Value.Filter, query.Value.Cursor, query.Value.Limit, cancellationToken);
        return Results.Ok(new AuditPageJson([.. page.Items.Select(AuditItemJson.Of)], page.NextCursor));
    }

    private static async Task<IResult> HeadsAsync(HttpContext context, AuditQueries audit, CancellationToken cancellationToken) =>
        Results.Ok(new AuditHeadListJson(await audit.HeadsAsync(Caller.Of(context).ReachOf(Permission.ReadAudit), cancellationToken), null));

    private static IResult ExportAsync(HttpContext context, AuditQueries audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = AuditQuery.Read(context.Request.Query, Caller.Of(context), time.GetUtcNow());
        if (!query.Ok) return Refuse(query.Error, context);
        var (reach, filter, zone) = (query.Value.Reach, query.Value.Filter, query.Value.Zone);
        var name = string.Create(CultureInfo.InvariantCulture, $"audit-{filter.From:yyyyMMdd'T'HHmm}-{filter.To:yyyyMMdd'T'HHmm}.csv");
        return Results.Stream(stream => AuditCsv.WriteAsync(stream, filter, zone, audit.ReadAsync(reach, filter, AuditCsv.MaxRows + 1, cancellationToken), cancellationToken), Csv, name);
    }

    private static IResult Refuse(Error error, HttpContext context) =>
        Problems.From(error, error is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, context);
}

internal sealed record AuditPageJson(IReadOnlyList<AuditItemJson> Items, string? NextCursor);

internal sealed record AuditHeadListJson(IReadOnlyList<AuditChainHead> Items, string? NextCursor);

/// <param name="Tenant">Empty for the platform's own log.</param>
internal sealed record AuditItemJson(
    string Tenant, long Sequence, DateTimeOffset At, string Actor, string? OnBehalfOf, string Action, string Subject, JsonNode? Before, JsonNode? After, string? Address, string? TraceId, string Hash)
{
    public static AuditItemJson Of(AuditRow row) => new(
        row.Tenant, row.Sequence, row.At, row.Actor, row.OnBehalfOf, row.Action, row.Subject, Parse(row.Before), Parse(row.After), row.Address, row.TraceId, row.Hash);

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 512 });
}
