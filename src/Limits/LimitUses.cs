using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits;

/// <summary>What a limit's subject has used and holds in the present window, in the limit's unit.</summary>
public sealed record LimitUse(decimal Spent, decimal Held);

/// <summary>What limits are used, many at once, for lists of them.</summary>
public sealed class LimitUses
{
    private readonly ICounters _counters;
    private readonly CurrentLimits _current;

    internal LimitUses(ICounters counters, CurrentLimits current) => (_counters, _current) = (counters, current);

    /// <summary>By limit, of those that are about one subject; those for each, those of every tenant and those of sessions have as many uses as subjects. Without those that are not known at present.</summary>
    public async Task<IReadOnlyDictionary<Guid, LimitUse>> ReadAsync(IEnumerable<LimitRow> limits, CancellationToken cancellationToken)
    {
        var uses = new Dictionary<Guid, LimitUse>();
        try
        {
            foreach (var own in limits.Where(IsAboutOne).GroupBy(static limit => limit.Scope.Tenant)) await ReadAsync(own.Key, [.. own], uses).WaitAsync(cancellationToken);
        }
        catch (CountersAwayException)
        {
            // What is not there is not known.
        }
        return uses;
    }

    private async Task ReadAsync(string tenant, List<LimitRow> limits, Dictionary<Guid, LimitUse> uses)
    {
        var book = _current.Book.For(tenant);
        var state = await _counters.TouchAsync(tenant, book.Kinds);
        var known = limits.Select(static limit => new CompiledLimit(limit)).Where(limit => book.Kinds.Contains(limit.Kind) ? !state.Unknown.Contains(limit.Kind) : limit.Row.Measure == LimitMeasure.Concurrency).ToList();
        var readings = await _counters.ReadAsync(tenant, [.. known.Select(limit => Meter.Name(limit.Kind, book.WindowAt(limit.Row.Window, state.Now), limit.Dimensions, SubjectOf(limit.Row.Scope)))]);
        foreach (var (limit, reading) in known.Zip(readings)) uses[limit.Row.Id] = new(reading.Spent.In(limit.Row.Measure), new LimitAmount(reading.Held).In(limit.Row.Measure));
    }

    private static bool IsAboutOne(LimitRow limit) =>
        limit.Scope.Tenant != LimitScope.Each && limit.Window != LimitWindow.Session && limit.Scope.Session is null && limit.Scope.Named.All(dimension => limit.Scope[dimension] != LimitScope.Each);

    private static LimitSubject SubjectOf(LimitScope scope) => new(scope.Tenant, scope.Team, scope.User, scope.Key, scope.Model, scope.Provider);
}
