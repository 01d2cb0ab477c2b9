using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Pricing;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Api;

/// <summary>Usage out, over HTTP.</summary>
internal static class UsageEndpoints
{
    private const int MaxLimit = 1000;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").RequireAuthorization(Permission.ReadUsage.Policy()).WithTags("Reading");
        group.MapGet("/usage/breakdown", BreakdownAsync).WithSummary("Usage cut by time and dimensions; rows sum to the total.").WithQuery(UsageParameters.Breakdown)
            .Produces<BreakdownJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/requests", ListAsync).WithSummary("Requests, newest, dearest or slowest first, or the other way round.").WithQuery(UsageParameters.Requests)
            .Produces<RequestPageJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/usage/conflicts", ConflictsAsync).WithSummary("How often the senders' numbers contradicted each other, by code, provider and model.").WithQuery(UsageParameters.Conflicts)
            .Produces<ConflictListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        group.MapGet("/requests/{tenant}/{id}", FindAsync).WithSummary("One request with its receipt.")
            .Produces<RequestDetailJson>().ProducesProblem(401).ProducesProblem(404);
    }

    private static async Task<IResult> BreakdownAsync(HttpContext context, UsageQueries queries, ExplorerQueries explorer, TenantQueries tenants, TimeProvider time, CancellationToken cancellationToken)
    {
        var reach = Reach(context);
        var read = await ReadBreakdownAsync(context, new QueryReader(context.Request.Query, reach, tenants, time), cancellationToken);
        if (!read.Ok) return Refuse(read.Error, context);
        var answer = await AnswerAsync(queries, explorer, reach, read.Value, cancellationToken);
        return answer.Ok ? JsonAnswer.Of(BreakdownJson.Of(answer.Value), UsageJson.Default.BreakdownJson) : Refuse(answer.Error, context);
    }

    internal static async Task<Result<BreakdownQuery>> ReadBreakdownAsync(HttpContext context, QueryReader reader, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var read = await reader.ScopeAsync(cancellationToken);
        if (!read.Ok) return read.Error;
        var scope = read.Value;
        var grainName = query["grain"].ToString();
        if (Grains.Parse(grainName.Length == 0 ? "total" : grainName) is not { } grain) return new InvalidQuery($"grain \"{grainName}\" is not one of total, 15m, hour, day, week, month.");
        var groupBy = new List<Facet>();
        foreach (var name in Names(query["groupBy"]))
        {
            if (Facet.Parse(name) is not { } facet) return new InvalidQuery($"groupBy \"{name}\" is not one of {string.Join(", ", Dimensions.All.Select(static known => known.Name()))}, tag.<key>.");
            if (!groupBy.Contains(facet)) groupBy.Add(facet);
        }
        if (BreakdownReader.TooManyBuckets(scope.From, scope.To, grain)) return new InvalidQuery($"The range holds more than {BreakdownReader.MaxBuckets} buckets: take a coarser grain or a shorter range.");
        var percentiles = query["percentiles"].ToString();
        if (percentiles is not ("" or "true" or "false")) return new InvalidQuery($"percentiles \"{percentiles}\" is neither true nor false.");
        var events = EventMeasures.None;
        foreach (var name in Names(query["measures"]))
        {
            if (UsageParameters.EventMeasuresByName.GetValueOrDefault(name) is not (not EventMeasures.None and var measure)) return new InvalidQuery($"measures \"{name}\" is not one of {string.Join(", ", UsageParameters.EventMeasuresByName.Keys)}.");
            events |= measure;
        }
        return new BreakdownQuery(scope.From, scope.To, scope.Zone, grain, groupBy, scope.Filter) { Percentiles = percentiles != "false", FromEvents = events };
    }

    private static IEnumerable<string> Names(Microsoft.Extensions.Primitives.StringValues lists) =>
        lists.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>From rollups, or else from events, within a budget.</summary>
    internal static async Task<Result<Breakdown>> AnswerAsync(UsageQueries queries, ExplorerQueries explorer, Reach reach, BreakdownQuery query, CancellationToken cancellationToken) =>
        BreakdownReader.ReadsEvents(query) ? await explorer.BreakdownAsync(reach, query, cancellationToken) : await queries.BreakdownAsync(reach, query, cancellationToken);

    private static async Task<IResult> ListAsync(HttpContext context, UsageQueries queries, TenantQueries tenants, TimeProvider time, CancellationToken cancellationToken)
    {
        var reach = Reach(context);
        var read = await ReadRequestsAsync(context, new QueryReader(context.Request.Query, reach, tenants, time), cancellationToken);
        return read.Ok ? JsonAnswer.Of(RequestPageJson.Of(await queries.ListRequestsAsync(reach, read.Value, cancellationToken)), UsageJson.Default.RequestPageJson) : Refuse(read.Error, context);
    }

    private static async Task<Result<RequestQuery>> ReadRequestsAsync(HttpContext context, QueryReader reader, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var read = await reader.ScopeAsync(cancellationToken);
        if (!read.Ok) return read.Error;
        var scope = read.Value;
        var (where, wrong) = RequestFilter.Read(query.SelectMany(static pair => pair.Value.Select(value => (pair.Key, value ?? ""))));
        if (wrong is not null) return new InvalidQuery(wrong);
        if (Sort(query["sort"].ToString()) is not { } sort) return new InvalidQuery($"sort \"{query["sort"]}\" is not one of {string.Join(", ", UsageParameters.Sorts)}.");
        var limitText = query["limit"].ToString();
        var limit = 100;
        if (limitText.Length > 0 && (!int.TryParse(limitText, out limit) || limit is < 1 or > MaxLimit)) return new InvalidQuery($"limit \"{limitText}\" is not a whole number from 1 to {MaxLimit}.");
        var cursor = query["cursor"].ToString() is { Length: > 0 } text ? text : null;
        if (cursor is not null && RequestCursor.Parse(cursor, sort.By, sort.Ascending) is null) return new InvalidQuery("cursor is not one that this list gave.");
        return new RequestQuery(scope.From, scope.To, scope.Filter, sort.By, cursor, limit) { Where = where, Ascending = sort.Ascending };
    }

    private static async Task<IResult> ConflictsAsync(HttpContext context, MoneyQueries queries, TenantQueries tenants, TimeProvider time, CancellationToken cancellationToken)
    {
        var reach = Reach(context);
        var reader = new QueryReader(context.Request.Query, reach, tenants, time);
        var filter = reader.Filter();
        if (!filter.Ok) return Refuse(filter.Error, context);
        var zone = await reader.ZoneAsync(filter.Value, cancellationToken);
        if (!zone.Ok) return Refuse(zone.Error, context);
        var range = reader.Range(zone.Value);
        if (!range.Ok) return Refuse(range.Error, context);
        var named = filter.Value[Dimension.Tenant];
        var within = named.Count == 0 ? reach : Platform.Data.Reach.Of(named.OfType<string>());
        return Results.Ok(ConflictListJson.Of(await queries.ListConflictsAsync(within, range.Value.From, range.Value.To, cancellationToken)));
    }

    private static (RequestSort By, bool Ascending)? Sort(string name) => name switch
    {
        "" or "-occurredAt" => (RequestSort.OccurredAt, false),
        "occurredAt" => (RequestSort.OccurredAt, true),
        "-cost" => (RequestSort.Cost, false),
        "cost" => (RequestSort.Cost, true),
        "-latencyMs" => (RequestSort.LatencyMs, false),
        "latencyMs" => (RequestSort.LatencyMs, true),
        _ => null,
    };

    /// <summary>Another tenant's request is as unknown as one that never was.</summary>
    private static async Task<IResult> FindAsync(string tenant, string id, string? source, HttpContext context, UsageQueries queries, CurrentPrices prices, CancellationToken cancellationToken)
    {
        var reach = Reach(context);
        var usage = source?.Contains('\0') == true ? null
            : await queries.FindRequestAsync(reach, tenant, id, source, cancellationToken)
              ?? await queries.FindRequestAsync(reach, tenant, WithSlashes(id), source, cancellationToken);
        if (usage is null) return Problems.From(await MissingAsync(reach, tenant, id, source, queries, cancellationToken), 404, context);
        return Results.Ok(RequestDetailJson.Of(usage, prices.Book.Explain(usage.ToConsumption(), usage.PriceId)));
    }

    private static async Task<Error> MissingAsync(Reach reach, string tenant, string id, string? source, UsageQueries queries, CancellationToken cancellationToken)
    {
        var removed = source?.Contains('\0') != true
            && (await queries.WasRemovedAsync(reach, tenant, id, source, cancellationToken) || await queries.WasRemovedAsync(reach, tenant, WithSlashes(id), source, cancellationToken));
        return removed ? new RemovedRequest(tenant, id) : new UnknownRequest(tenant, id);
    }

    /// <summary>A slash is the one character that a path's value keeps escaped.</summary>
    internal static string WithSlashes(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static Reach Reach(HttpContext context) => Caller.Of(context).ReachOf(Permission.ReadUsage);

    internal static IResult Refuse(Error error, HttpContext context) =>
        Problems.From(error, error is ForeignTenant ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, context);
}
