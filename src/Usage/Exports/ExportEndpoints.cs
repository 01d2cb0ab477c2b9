using AgentConsole.Access;
using AgentConsole.Platform.Http;
using AgentConsole.Pricing;
using AgentConsole.Usage.Api;

namespace AgentConsole.Usage.Exports;

/// <summary>What the filters show, as files.</summary>
internal static class ExportEndpoints
{
    private const string Csv = "text/csv; charset=utf-8";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/export").RequireAuthorization(Permission.ReadUsage.Policy()).WithTags("Exports");
        group.MapGet("/usage.csv", UsageAsync).WithSummary("A breakdown as CSV, its total last.").WithQuery(UsageParameters.Breakdown)
            .Produces<string>(contentType: "text/csv").ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/focus.csv", FocusAsync).WithSummary("Cost and usage in FOCUS 1.2: a row per hour, model, price and token bucket.").WithQuery(UsageParameters.Export)
            .Produces<string>(contentType: "text/csv").ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        // The same for a person in the browser, whose key is the right to see the page.
        var pages = app.MapGroup("/export").RequireAuthorization(AccessFeature.PagesPolicy, Permission.ReadUsage.Policy()).ExcludeFromDescription();
        pages.MapGet("/usage.csv", UsageAsync);
        pages.MapGet("/focus.csv", FocusAsync);
    }

    private static async Task<IResult> UsageAsync(
        HttpContext context, UsageQueries queries, ExplorerQueries explorer, CorrectionReader corrections, TenantQueries tenants, TimeProvider time, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadUsage);
        var read = await UsageEndpoints.ReadBreakdownAsync(context, new QueryReader(context.Request.Query, reach, tenants, time), cancellationToken);
        if (!read.Ok) return UsageEndpoints.Refuse(read.Error, context);
        var query = read.Value;
        var answer = await UsageEndpoints.AnswerAsync(queries, explorer, reach, query, cancellationToken);
        if (!answer.Ok) return UsageEndpoints.Refuse(answer.Error, context);
        var corrected = await corrections.ReadAsync(reach, query.From, query.To, query.Filter, cancellationToken);
        return Results.Stream(stream => UsageCsv.WriteAsync(stream, answer.Value, corrected, cancellationToken), Csv, Name("usage", query.From, query.To, query.Zone));
    }

    private static async Task<IResult> FocusAsync(
        HttpContext context, UsageQueries queries, FocusReader ledger, CorrectionReader corrections, CurrentPrices prices, TenantQueries tenants, TimeProvider time, CancellationToken cancellationToken)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadUsage);
        var read = await UsageEndpoints.ReadBreakdownAsync(context, new QueryReader(context.Request.Query, reach, tenants, time), cancellationToken);
        if (!read.Ok) return UsageEndpoints.Refuse(read.Error, context);
        var query = read.Value;
        var scope = await queries.TenantsOfAsync(reach, query.Filter, cancellationToken);
        var corrected = await corrections.ReadAsync(reach, query.From, query.To, query.Filter, cancellationToken);
        var header = ExportHeader.Of(query.From, query.To, query.Zone, query.Filter).Append("FOCUS 1.2; hours are UTC");
        var groups = ledger.ReadAsync(reach, query.From, query.To, query.Filter, scope, cancellationToken);
        return Results.Stream(stream => FocusCsv.WriteAsync(stream, header, groups, corrected, prices.Book, cancellationToken), Csv, Name("focus", query.From, query.To, query.Zone));
    }

    private static string Name(string kind, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{kind}-{TimeZoneInfo.ConvertTime(from, zone):yyyyMMdd'T'HHmm}-{TimeZoneInfo.ConvertTime(to, zone):yyyyMMdd'T'HHmm}.csv");
}
