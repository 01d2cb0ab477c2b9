using System.Collections.Frozen;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits;

/// <summary>A limit with all that does not depend on the request.</summary>
internal sealed class CompiledLimit
{
    public CompiledLimit(LimitRow row)
    {
        Row = row;
        // A window of a session is of one session, whether the scope says so or not.
        Dimensions = [.. LimitNames.Dimensions.Where(dimension => row.Scope[dimension] is not null || (dimension == LimitDimension.Session && row.Window == LimitWindow.Session))];
        Kind = Meter.Kind(row.Measure, row.Window, Dimensions);
        Max = row.Measure == LimitMeasure.Cost ? LimitAmount.MaxOfMoney(row.Max) : (long)row.Max;
        Named = Dimensions.Count(dimension => row.Scope[dimension] is not (null or LimitScope.Each));
    }

    public LimitRow Row { get; }
    public LimitDimension[] Dimensions { get; }
    public string Kind { get; }
    /// <summary>In whole units.</summary>
    public long Max { get; }
    /// <summary>How many of its dimensions name one and not each.</summary>
    public int Named { get; }
    /// <summary>Holds for every tenant, and no tenant's own limit takes its place.</summary>
    public bool IsCeiling => Row.Scope.Tenant == LimitScope.Each;

    public bool Fits(LimitSubject subject)
    {
        foreach (var dimension in Dimensions)
        {
            var (wanted, given) = (Row.Scope[dimension], subject[dimension]);
            if (given is null || (wanted is not (null or LimitScope.Each) && !string.Equals(wanted, given, StringComparison.Ordinal))) return false;
        }
        return true;
    }

    /// <summary>Of two for one subject: the one that names it, then one of nothing, which stops it, then the one that ends, then the lower.</summary>
    public bool Beats(CompiledLimit other)
    {
        if (Named != other.Named) return Named > other.Named;
        if (Max == 0 != (other.Max == 0)) return Max == 0;
        if (Row.ExpiresAt is null != other.Row.ExpiresAt is null) return Row.ExpiresAt is not null;
        return Max < other.Max || (Max == other.Max && Row.Id.CompareTo(other.Row.Id) < 0);
    }
}

/// <summary>What counts for a request on one meter.</summary>
/// <param name="Binding">Of those that block the one that is reached first; null: none blocks.</param>
/// <param name="Warning">Likewise of those that warn.</param>
/// <param name="All">All that are about this subject, measure and window, those too whose place another takes.</param>
internal sealed record PlannedMeter(string Meter, CompiledLimit First, MeterWindow Window, CompiledLimit? Binding, CompiledLimit? Warning, IReadOnlyList<CompiledLimit> All)
{
    public MeterClaim Claim(long amount) => new(Meter, First.Kind, First.Row.Measure, amount, Binding?.Max, Window);
}

/// <summary>The limits of one tenant and its calendar, so arranged that a request looks only at those that may be about it.</summary>
internal sealed class TenantLimits(TimeZoneInfo zone, CompiledLimit[] limits)
{
    private readonly CompiledLimit[] _general = [.. limits.Where(static limit => limit.Named == 0)];
    private readonly FrozenDictionary<(LimitDimension, string), CompiledLimit[]> _named = limits.Where(static limit => limit.Named > 0).GroupBy(FirstName).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
    private readonly Bounds?[] _windows = new Bounds?[Enum.GetValues<LimitWindow>().Length + 1];

    public TimeZoneInfo Zone => zone;

    public IReadOnlyList<CompiledLimit> All => limits;

    public bool IsEmpty => limits.Length == 0;

    /// <summary>Kinds of meters whose sums the ledger has.</summary>
    public IReadOnlyList<string> Kinds { get; } = [.. limits.Where(static limit => limit.Row.Measure != LimitMeasure.Concurrency).Select(static limit => limit.Kind).Distinct()];

    /// <summary>One meter per measure, window and subject.</summary>
    public List<PlannedMeter> Plan(LimitSubject subject, DateTimeOffset at, DateTimeOffset now)
    {
        var fitting = new List<(string Meter, CompiledLimit Limit, MeterWindow Window)>();
        Add(fitting, _general, subject, at, now);
        if (_named.Count > 0)
            foreach (var dimension in LimitNames.Dimensions)
                if (subject[dimension] is { } name && _named.TryGetValue((dimension, name), out var named)) Add(fitting, named, subject, at, now);
        var meters = new List<PlannedMeter>(fitting.Count);
        foreach (var (meter, limit, window) in fitting)
        {
            var index = meters.FindIndex(planned => planned.Meter == meter);
            if (index < 0) meters.Add(new(meter, limit, window, null, null, [limit]));
            else meters[index] = meters[index] with { All = [.. meters[index].All, limit] };
        }
        for (var index = 0; index < meters.Count; index++)
            meters[index] = meters[index] with { Binding = First(meters[index].All, LimitAction.Block), Warning = First(meters[index].All, LimitAction.Warn) };
        return meters;
    }

    public MeterWindow WindowAt(LimitWindow? window, DateTimeOffset at) => window switch
    {
        null => MeterWindow.None,
        LimitWindow.Session => MeterWindow.Session,
        { } calendar => Around(calendar, at),
    };

    private void Add(List<(string, CompiledLimit, MeterWindow)> fitting, CompiledLimit[] limits, LimitSubject subject, DateTimeOffset at, DateTimeOffset now)
    {
        foreach (var limit in limits)
        {
            if (limit.Row.IsOver(now) || !limit.Fits(subject)) continue;
            var window = WindowAt(limit.Row.Window, at);
            fitting.Add((Meter.Name(limit.Kind, window, limit.Dimensions, subject), limit, window));
        }
    }

    /// <summary>The tenant's own most particular one, or the ceiling over every tenant where that is lower.</summary>
    private static CompiledLimit? First(IReadOnlyList<CompiledLimit> all, LimitAction action)
    {
        CompiledLimit? own = null, ceiling = null;
        foreach (var limit in all)
        {
            if (limit.Row.Action != action) continue;
            ref var best = ref limit.IsCeiling ? ref ceiling : ref own;
            if (best is null || limit.Beats(best)) best = limit;
        }
        return own is null || ceiling?.Max < own.Max ? ceiling ?? own : own;
    }

    private static (LimitDimension, string) FirstName(CompiledLimit limit)
    {
        var dimension = limit.Dimensions.First(dimension => limit.Row.Scope[dimension] is not (null or LimitScope.Each));
        return (dimension, limit.Row.Scope[dimension]!);
    }

    /// <summary>Looked up once per window: the calendar is asked again when it has passed. What is late does not take its place.</summary>
    private MeterWindow Around(LimitWindow window, DateTimeOffset at)
    {
        var ms = at.ToUnixTimeMilliseconds();
        var kept = Volatile.Read(ref _windows[(int)window]);
        if (kept is not null && ms >= kept.Window.StartMs && ms < kept.Window.EndMs) return kept.Window;
        var (start, end) = LimitCalendar.Around(at, window, zone);
        var found = new MeterWindow(start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
        if (kept is null || kept.Window.StartMs < found.StartMs) Volatile.Write(ref _windows[(int)window], new(found));
        return found;
    }

    private sealed record Bounds(MeterWindow Window);
}
