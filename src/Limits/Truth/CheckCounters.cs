using AgentConsole.Limits.Counters;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Compares a tenant's counters with the ledger, and puts them right. 1. Requests that are held though the ledger has their event are settled; 2. the counters are read; 3. a moment later
/// the ledger; 4. another moment later the counters again; 5. what is off is repaired, written down and told. What is under way in between is no drift: counters that had more before than the
/// ledger has after it have too much, and counters that have less after than the ledger had before it have too little, by that much at least.
/// </summary>
internal sealed partial class CheckCounters(
    ICounters counters, CurrentLimits current, LoadCounters load, LedgerSums ledger, CountUsage count, UsageQueries usage, Database database, TimeProvider time, ILogger<CheckCounters> logger)
{
    /// <summary>Longer than any write is under way between ledger and counters.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private const int MostOrphans = 1_000;

    private readonly SemaphoreSlim _ledger = new(4);

    private const string Taken = "SELECT k.event_id, k.source FROM usage_keys AS k WHERE k.tenant_id = $1 AND k.event_id = ANY($2)";

    private const string Write = """
        INSERT INTO limit_checks AS c (tenant_id, limit_id, checked_at, meters, counted, ledger, held, overshoot, repaired, repairs, repaired_at)
        SELECT $1, u.limit_id, $2, u.meters, u.counted, u.ledger, u.held, u.overshoot, u.repaired, (u.repaired > 0)::int, CASE WHEN u.repaired > 0 THEN $2 END
        FROM unnest($3, $4, $5, $6, $7, $8, $9) AS u(limit_id, meters, counted, ledger, held, overshoot, repaired)
        ON CONFLICT (tenant_id, limit_id) DO UPDATE SET checked_at = $2, meters = excluded.meters, counted = excluded.counted, ledger = excluded.ledger, held = excluded.held,
          overshoot = excluded.overshoot, repaired = c.repaired + excluded.repaired, repairs = c.repairs + excluded.repairs, repaired_at = coalesce(excluded.repaired_at, c.repaired_at)
        """;

    /// <summary>False when the counters are away or were lost meanwhile: they are loaded, not repaired.</summary>
    public async Task<bool> ExecuteAsync(string tenant, CancellationToken cancellationToken)
    {
        var limits = current.Book.For(tenant);
        if (limits.IsEmpty || !await load.EnsureAsync(tenant, cancellationToken)) return false;
        await SettleOrphansAsync(tenant, cancellationToken);
        var state = await counters.TouchAsync(tenant, limits.Kinds);
        if (state.Unknown.Count > 0) return false;

        var before = await ReadAsync(tenant, limits, [], state.Now);
        await Task.Delay(Moment, time, cancellationToken);
        var sums = await LedgerAsync(tenant, limits, before, state.Now, cancellationToken);
        await Task.Delay(Moment, time, cancellationToken);
        var after = await ReadAsync(tenant, limits, sums.Keys, state.Now);

        var found = Compare(before, sums, after);
        var repairs = found.Where(static meter => meter.Repair != LimitAmount.Zero).ToList();
        if (repairs.Count > 0 && !await counters.AdjustAsync(tenant, state.Epoch, [.. repairs.Select(static meter => new MeterCount(meter.Name, meter.Kind, meter.Repair, meter.Window))], state.Revision)) return false;
        if (repairs.Count > 0) LogRepaired(logger, tenant, repairs.Count);
        await WriteAsync(tenant, limits, found, state.Now, cancellationToken);
        return true;
    }

    private sealed record Found(string Name, string Kind, MeterWindow Window, MeterReading Reading);

    private sealed record Compared(string Name, string Kind, MeterWindow Window, LimitAmount Counted, LimitAmount Ledger, long Held, LimitAmount Repair);

    private async Task SettleOrphansAsync(string tenant, CancellationToken cancellationToken)
    {
        var held = await counters.ListHeldAsync(tenant, MostOrphans);
        if (held.Count == 0) return;
        var orphans = new List<(string Id, string Source)>();
        await using (var session = await database.BeginAsync(Reach.Of(tenant), cancellationToken))
        {
            await using var command = new NpgsqlCommand(Taken, session.Connection) { Parameters = { new() { Value = tenant }, new() { Value = held.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) orphans.Add((reader.GetString(0), reader.GetString(1)));
        }
        foreach (var (id, source) in orphans)
            if (await usage.FindRequestAsync(Reach.Of(tenant), tenant, id, source, cancellationToken) is { } taken) await count.CountAsync(taken);
        if (orphans.Count > 0) LogOrphans(logger, tenant, orphans.Count);
    }

    /// <summary>Of the meters in use and of those named the ones of the present windows.</summary>
    private async Task<Dictionary<string, Found>> ReadAsync(string tenant, TenantLimits limits, IEnumerable<string> named, DateTimeOffset now)
    {
        var kinds = limits.All.Where(static limit => limit.Row.Measure != LimitMeasure.Concurrency).DistinctBy(static limit => limit.Kind).ToDictionary(static limit => limit.Kind, StringComparer.Ordinal);
        var present = new List<(string Name, string Kind, MeterWindow Window)>();
        foreach (var name in (await counters.ListMetersAsync(tenant)).Concat(named).Distinct())
        {
            if (Meter.Parse(name) is not { } parts || !kinds.TryGetValue(Meter.Kind(parts.Measure, parts.Window, parts.Dimensions), out var limit)) continue;
            var window = limits.WindowAt(parts.Window, now);
            if (!window.IsCalendar || window.StartMs == parts.StartMs) present.Add((name, limit.Kind, window));
        }
        var readings = await counters.ReadAsync(tenant, [.. present.Select(static meter => meter.Name)]);
        return present.Zip(readings).ToDictionary(static pair => pair.First.Name, static pair => new Found(pair.First.Name, pair.First.Kind, pair.First.Window, pair.Second), StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, MeterCount>> LedgerAsync(string tenant, TenantLimits limits, Dictionary<string, Found> found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sessions = new Dictionary<string, DateTimeOffset>();
        foreach (var meter in found.Values)
        {
            if (!meter.Window.IsSession || meter.Reading.Until is not { } until || Meter.Parse(meter.Name) is not { } parts) continue;
            var (session, since) = (parts.Values[parts.Dimensions.ToList().IndexOf(LimitDimension.Session)], until - MeterWindow.SessionLength);
            if (!sessions.TryGetValue(session, out var known) || since < known) sessions[session] = since;
        }
        await _ledger.WaitAsync(cancellationToken);
        try
        {
            return await ledger.ReadAsync(tenant, limits, [.. limits.Kinds], now, sessions, cancellationToken);
        }
        finally
        {
            _ledger.Release();
        }
    }

    private static List<Compared> Compare(Dictionary<string, Found> before, Dictionary<string, MeterCount> sums, Dictionary<string, Found> after)
    {
        var compared = new List<Compared>();
        foreach (var (name, meter) in after)
        {
            var ledger = sums.TryGetValue(name, out var sum) ? sum.Amount : LimitAmount.Zero;
            var first = before.TryGetValue(name, out var there) ? there.Reading.Spent : LimitAmount.Zero;
            var second = meter.Reading.Spent;
            var (least, most) = first.CompareTo(second) < 0 ? (first, second) : (second, first);
            var repair = least.CompareTo(ledger) > 0 ? ledger - least : most.CompareTo(ledger) < 0 ? ledger - most : LimitAmount.Zero;
            compared.Add(new(name, meter.Kind, meter.Window, second, ledger, meter.Reading.Held, repair));
        }
        return compared;
    }

    private async Task WriteAsync(string tenant, TenantLimits limits, List<Compared> found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of shared meters each limit shows its own subjects only.
        var rows = limits.All.Where(static limit => limit.Row.Measure != LimitMeasure.Concurrency)
            .Select(limit => (Limit: limit, Meters: found.Where(meter => meter.Kind == limit.Kind && IsOf(meter.Name, limit)).ToList())).ToList();
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(Write, session.Connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = rows.Select(static row => row.Limit.Row.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = rows.Select(static row => row.Meters.Count).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        Add(static (meter, limit) => meter.Counted.In(limit.Row.Measure));
        Add(static (meter, limit) => meter.Ledger.In(limit.Row.Measure));
        Add(static (meter, limit) => new LimitAmount(meter.Held).In(limit.Row.Measure));
        Add(static (meter, limit) => Math.Max(0, meter.Ledger.In(limit.Row.Measure) - limit.Row.Max));
        Add(static (meter, limit) => Math.Abs(meter.Repair.In(limit.Row.Measure)));
        await command.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);

        void Add(Func<Compared, CompiledLimit, decimal> value) => command.Parameters.Add(new()
        {
            Value = rows.Select(row => row.Meters.Sum(meter => value(meter, row.Limit))).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric,
        });
    }

    private static bool IsOf(string name, CompiledLimit limit)
    {
        var parts = Meter.Parse(name)!;
        for (var index = 0; index < parts.Dimensions.Count; index++)
            if (limit.Row.Scope[parts.Dimensions[index]] is not (null or LimitScope.Each) and var wanted && wanted != parts.Values[index]) return false;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Meters} counters of tenant {Tenant} differed from the ledger and were put right")]
    private static partial void LogRepaired(ILogger logger, string tenant, int meters);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} requests of tenant {Tenant} were held though the ledger has them; they are settled")]
    private static partial void LogOrphans(ILogger logger, string tenant, int count);
}
