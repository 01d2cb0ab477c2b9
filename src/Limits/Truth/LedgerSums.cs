using AgentConsole.Limits.Counters;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Limits.Truth;

/// <summary>What the ledger says of a tenant's meters: its usage events, and what senders settled that has no event yet.</summary>
internal sealed class LedgerSums(UsageQueries usage, SessionSums sessionSums, Database database)
{
    /// <summary>A sender's clock may say that a session's first request was before the counters heard of it.</summary>
    private static readonly TimeSpan SessionSlack = TimeSpan.FromMinutes(1);

    private const string Settled = """
        FROM limit_settlements AS s WHERE s.tenant_id = $1 AND s.reserved_at >= $2 AND s.reserved_at < $3
          AND NOT EXISTS (SELECT FROM usage_keys AS k WHERE k.tenant_id = s.tenant_id AND k.event_id = s.request_id)
        """;

    /// <summary>The sums of these kinds of meters in the windows around a moment, by the meters' names; what is not there is zero.</summary>
    /// <param name="sessions">Each session's beginning, as the counters have it; null: whatever it is.</param>
    public async Task<Dictionary<string, MeterCount>> ReadAsync(string tenant, TenantLimits limits, IReadOnlyCollection<string> kinds, DateTimeOffset now, IReadOnlyDictionary<string, DateTimeOffset>? sessions, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<string, MeterCount>(StringComparer.Ordinal);
        var asked = limits.All.Where(limit => kinds.Contains(limit.Kind)).DistinctBy(static limit => limit.Kind);
        // One question for all measures of the same window and dimensions.
        foreach (var group in asked.GroupBy(static limit => (limit.Row.Window, limit.Kind[2..])))
        {
            var window = limits.WindowAt(group.Key.Window, now);
            var countsRequests = group.Any(static limit => limit.Row.Measure == LimitMeasure.Requests);
            foreach (var part in await PartsAsync(tenant, group.First(), countsRequests, window, now, sessions, cancellationToken))
                foreach (var limit in group)
                    Add(sums, Meter.Name(limit.Kind, window, limit.Dimensions, part.Subject), limit, window, part);
        }
        return sums;
    }

    /// <param name="First">When the first of it was; told of sessions only.</param>
    private sealed record Part(LimitSubject Subject, long Requests, long Tokens, decimal Cost, DateTimeOffset? First = null);

    private static void Add(Dictionary<string, MeterCount> sums, string meter, CompiledLimit limit, MeterWindow window, Part part)
    {
        var amount = limit.Row.Measure switch
        {
            LimitMeasure.Requests => new LimitAmount(part.Requests),
            LimitMeasure.Tokens => new LimitAmount(part.Tokens),
            _ => LimitAmount.OfMoney(part.Cost),
        };
        var since = window.IsSession && part.First is { } first ? MeterWindow.SessionSince(first) : window;
        if (sums.TryGetValue(meter, out var before)) sums[meter] = before with { Amount = before.Amount + amount, Window = since.EndMs < before.Window.EndMs ? since : before.Window };
        else sums[meter] = new(meter, limit.Kind, amount, since);
    }

    /// <summary>Settlements first: one whose event comes in between is then counted twice until the next check, rather than not at all.</summary>
    private async Task<List<Part>> PartsAsync(string tenant, CompiledLimit limit, bool countsRequests, MeterWindow window, DateTimeOffset now, IReadOnlyDictionary<string, DateTimeOffset>? sessions, CancellationToken cancellationToken)
    {
        if (!window.IsCalendar)
        {
            var settled = await SettledAsync(tenant, limit, now - MeterWindow.SessionLength, now.AddDays(1), sessions, cancellationToken);
            return [.. settled, .. await SessionsAsync(tenant, limit, now - MeterWindow.SessionLength, sessions, cancellationToken)];
        }
        var (from, to) = (DateTimeOffset.FromUnixTimeMilliseconds(window.StartMs), DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs));
        var bySender = await SettledAsync(tenant, limit, from, to, null, cancellationToken);
        if (limit.Dimensions.Contains(LimitDimension.Session)) return [.. bySender, .. await SessionsAsync(tenant, limit, from, null, cancellationToken)];
        // What was denied is no request.
        Facet[] by = [.. limit.Dimensions.Select(static dimension => (Facet)dimension.InLedger()), .. countsRequests ? [Dimension.Status] : Array.Empty<Facet>()];
        var query = new BreakdownQuery(from, to, TimeZoneInfo.Utc, Grain.Total, by, UsageFilter.None.With(Dimension.Tenant, tenant)) { Percentiles = false };
        var breakdown = await usage.BreakdownAsync(Reach.Of(tenant), query, cancellationToken);
        return [.. bySender, .. breakdown.Rows.Where(static row => row.Group.All(static value => value is not null))
            .Select(row => new Part(Subject(tenant, limit.Dimensions, row.Group!), countsRequests && row.Group[^1] == UsageStatus.Denied.Name() ? 0 : row.Measures.Requests, row.Measures.Tokens.Total, row.Measures.Cost))];
    }

    private async Task<IEnumerable<Part>> SessionsAsync(string tenant, CompiledLimit limit, DateTimeOffset from, IReadOnlyDictionary<string, DateTimeOffset>? sessions, CancellationToken cancellationToken)
    {
        LimitDimension[] others = [.. limit.Dimensions.Where(static dimension => dimension != LimitDimension.Session)];
        var begun = sessions?.ToDictionary(static pair => pair.Key, static pair => pair.Value - SessionSlack);
        var sums = await sessionSums.ReadAsync(tenant, [.. others.Select(static dimension => dimension.InLedger())], from - SessionSlack, begun, cancellationToken);
        return sums.Where(static sum => sum.Values.All(static value => value.Length > 0))
            .Select(sum => new Part(Subject(tenant, [.. others, LimitDimension.Session], [.. sum.Values, sum.Session]), sum.Requests, sum.Tokens, sum.Cost, sum.First));
    }

    private async Task<List<Part>> SettledAsync(string tenant, CompiledLimit limit, DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<string, DateTimeOffset>? sessions, CancellationToken cancellationToken)
    {
        var columns = string.Concat(limit.Dimensions.Select(static dimension => $", s.{Column(dimension)}"));
        await using var session = await database.BeginAsync(Reach.Of(tenant), cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT count(*), sum(s.tokens)::bigint, sum(s.cost), min(s.reserved_at){columns} {Settled}{string.Concat(limit.Dimensions.Select(static dimension => $" AND s.{Column(dimension)} IS NOT NULL"))}" +
            (columns.Length > 0 ? $" GROUP BY {columns[2..]}" : " HAVING count(*) > 0"), session.Connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var parts = new List<Part>();
        while (await reader.ReadAsync(cancellationToken))
        {
            string[] values = [.. Enumerable.Range(4, limit.Dimensions.Length).Select(reader.GetString)];
            var subject = Subject(tenant, limit.Dimensions, values);
            if (sessions is not null && !sessions.ContainsKey(subject.Session ?? "")) continue;
            parts.Add(new(subject, reader.GetInt64(0), reader.GetInt64(1), reader.GetDecimal(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }
        return parts;
    }

    private static LimitSubject Subject(string tenant, IReadOnlyList<LimitDimension> dimensions, IReadOnlyList<string> values)
    {
        return new(tenant, Of(LimitDimension.Team), Of(LimitDimension.User), Of(LimitDimension.Key), Of(LimitDimension.Model), Of(LimitDimension.Provider), Of(LimitDimension.Session));

        string? Of(LimitDimension dimension)
        {
            for (var index = 0; index < dimensions.Count; index++)
                if (dimensions[index] == dimension) return values[index];
            return null;
        }
    }

    private static string Column(LimitDimension dimension) => dimension switch
    {
        LimitDimension.User => "user_id",
        LimitDimension.Key => "key_id",
        _ => dimension.Name(),
    };
}
