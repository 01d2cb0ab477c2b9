using AgentConsole.Access;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Limits.Pages;

/// <summary>Reads what the limits page shows.</summary>
internal sealed class LimitsReader(
    LimitQueries limits, RefusalQueries refusals, LimitUses uses, CurrentLimits current, ICounters counters, LoadCounters load, LimiterState state, LimitsOptions options, ITenantChoices choices, TimeProvider time)
{
    private const int RefusalsShown = 200;
    private const int ChecksShown = 1_000;
    private const int OwnShown = 50;

    /// <summary>Tenants whose holds are asked for at once.</summary>
    private const int MostAsked = 200;

    public async Task<LimitsView> ReadAsync(PageUrl url, Reach reach, Caller caller, CancellationToken cancellationToken)
    {
        var tab = url["tab"];
        var refused = await refusals.CountAsync(reach, 24, cancellationToken);
        var checks = (await limits.ListChecksAsync(reach, null, ChecksShown, cancellationToken)).ToLookup(static check => check.LimitId);
        var page = tab is LimitLinks.Refused or LimitLinks.Proof ? new([], 0, null) : await limits.ListAsync(reach, Query(url), cancellationToken);
        var selected = Guid.TryParse(url.Text("limit") ?? url.Text("raise"), out var id) ? await limits.FindAsync(reach, id, cancellationToken) : null;
        var used = await uses.ReadAsync(page.Items.Concat(selected is null ? [] : [selected]), cancellationToken);
        LimitItem Item(LimitRow row) => new(row, used.GetValueOrDefault(row.Id), refused.GetValueOrDefault(row.Id), checks[row.Id].FirstOrDefault(), Instead(row), Own(row).Count);
        return new(
            [.. page.Items.Select(Item)], page.Total, page.NextCursor is not null, selected is null ? null : Item(selected), selected is null ? [] : [.. Own(selected).Take(OwnShown)],
            tab == LimitLinks.Refused ? await refusals.ListAsync(reach, new(url.Text("request"), url.Text("user"), url.Text("key"), url.Text("model"), Guid.TryParse(url.Text("limit"), out var of) ? of : null, RefusalsShown), cancellationToken) : null,
            tab == LimitLinks.Proof ? await ProofAsync(reach, refused.Values.Sum(), [.. checks.SelectMany(static own => own)], cancellationToken) : null,
            await choices.ListAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken), caller, time.GetUtcNow());
    }

    internal static LimitQuery Query(PageUrl url)
    {
        var sort = url.Text("sort") ?? "";
        return new(
            null, LimitNames.Measure(url.Text("measure")), url.Text("user"), url.Text("key"), url.Text("model"), url.Text("search")?.Replace("\0", "", StringComparison.Ordinal), url["status"] switch { "all" => null, "over" => false, _ => true }, null, LimitLinks.PageSize)
        {
            Window = LimitNames.Window(url.Text("window")), Action = LimitNames.Action(url.Text("action")), Descending = sort.StartsWith('-'),
            Sort = sort.TrimStart('-') switch { "scope" => LimitSort.Scope, "measure" => LimitSort.Measure, "max" => LimitSort.Max, "expiresAt" => LimitSort.Expires, _ => LimitSort.Created },
            Skip = (int.TryParse(url.Text("page"), out var page) && page is > 1 and <= 1000 ? page - 1 : 0) * LimitLinks.PageSize,
        };
    }

    /// <summary>Of the same measure, window and subject, and not so particular.</summary>
    private LimitRow? Instead(LimitRow row)
    {
        if (row.Scope.Tenant == LimitScope.Each || row.IsOver(time.GetUtcNow())) return null;
        var own = new CompiledLimit(row);
        return Family(row, own).Where(other => own.Beats(other) && IsWithin(row.Scope, other.Row.Scope)).Aggregate((CompiledLimit?)null, static (best, other) => best is null || other.Beats(best) ? other : best)?.Row;
    }

    private List<LimitRow> Own(LimitRow row)
    {
        if (row.Scope.Tenant == LimitScope.Each || row.Scope.Named.All(dimension => row.Scope[dimension] != LimitScope.Each)) return [];
        var own = new CompiledLimit(row);
        return [.. Family(row, own).Where(other => other.Beats(own) && IsWithin(other.Row.Scope, row.Scope)).Select(static other => other.Row)];
    }

    private IEnumerable<CompiledLimit> Family(LimitRow row, CompiledLimit own) =>
        current.Book.For(row.Scope.Tenant).All.Where(other => other.Row.Id != row.Id && !other.IsCeiling && other.Kind == own.Kind && other.Row.Action == row.Action && !other.Row.IsOver(time.GetUtcNow()));

    private static bool IsWithin(LimitScope narrow, LimitScope wide) => LimitNames.Dimensions.All(dimension => wide[dimension] == narrow[dimension] || (wide[dimension] == LimitScope.Each && narrow[dimension] is not null));

    private async Task<ProofView> ProofAsync(Reach reach, long refused, IReadOnlyList<LimitCheckRow> checks, CancellationToken cancellationToken)
    {
        var figures = state.Read();
        var tenants = reach.IsPlatform ? current.Book.Tenants.ToList() : [.. reach.Tenants];
        var isLoading = figures.AwaySince is null && (figures.MemorySince is null || tenants.Any(tenant => load.HasLimits(tenant) && load.LoadedAt(tenant) is null));
        var rows = checks.Select(static check => check.Tenant).Distinct().SelectMany(tenant => current.Book.For(tenant).All).DistinctBy(static limit => limit.Row.Id).ToDictionary(static limit => limit.Row.Id, static limit => limit.Row);
        // What was compared and is taken away by now proves nothing any more.
        checks = [.. checks.Where(check => rows.ContainsKey(check.LimitId))];
        return new(
            figures.AwaySince is not null ? "away" : isLoading ? "loading" : "ready", counters is RedisCounters, figures.AwaySince, options.Nodes, await HeldAsync(tenants).WaitAsync(cancellationToken), refused,
            reach.IsPlatform ? figures : null, checks, rows);
    }

    private async Task<long?> HeldAsync(List<string> tenants)
    {
        if (tenants.Count > MostAsked) return null;
        try
        {
            return (await Task.WhenAll(tenants.Select(tenant => counters.TouchAsync(tenant, [])))).Sum(static own => (long)own.Held);
        }
        catch (CountersAwayException)
        {
            return null;
        }
    }
}
