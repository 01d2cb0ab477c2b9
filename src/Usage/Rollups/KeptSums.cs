using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>What was asked of a stretch of rollups: everything but when.</summary>
internal readonly record struct Stretch(string Question, DateTime From, DateTime To);

/// <summary>The sums of one group. Those that are kept are never changed.</summary>
internal readonly record struct GroupSums(string?[] Group, UsageSums Sums);

/// <summary>
/// Sums of stretches of rollups that were read before: who looks at a month again reads the day that has changed since, and no other. A stretch is kept with its stamp, the versions of
/// its days (<see cref="RollupDay"/>), and is good only for a snapshot that has the same stamp. The stamp is read in that snapshot and with the reader's own reach, so a tenant whose
/// days cannot be seen has none, and nothing is answered of it from here. Full, it lets go of what was not asked for lately.
/// </summary>
/// <param name="most">Groups that are held, those with a histogram counted as two: some 60 MB.</param>
internal sealed class KeptSums(int most = 150_000)
{
    private const int Entry = 2;
    private const int WithHistogram = 2;

    private readonly Lock _lock = new();
    private Dictionary<Stretch, (long Stamp, IReadOnlyList<GroupSums> Groups)> _recent = [], _before = [];
    private int _weight;

    /// <summary>Null when it is not kept, or not as it is now.</summary>
    public IReadOnlyList<GroupSums>? Find(in Stretch stretch, long stamp)
    {
        lock (_lock)
        {
            if (_recent.TryGetValue(stretch, out var kept)) return kept.Stamp == stamp ? kept.Groups : null;
            if (!_before.Remove(stretch, out kept) || kept.Stamp != stamp) return null;
            PutNeedsLock(stretch, kept);
            return kept.Groups;
        }
    }

    /// <param name="groups">The caller's until now: nobody adds to them any more.</param>
    public void Keep(in Stretch stretch, long stamp, IReadOnlyList<GroupSums> groups)
    {
        foreach (var group in groups) group.Sums.Compact();
        lock (_lock) PutNeedsLock(stretch, (stamp, groups));
    }

    /// <summary>The question without its range, the same text for the same question.</summary>
    public static string Question(BreakdownQuery query, IEnumerable<string> tenants)
    {
        var question = new StringBuilder();
        Append(question, "", tenants);
        Append(question, "", query.GroupBy.Select(static facet => facet.Name));
        foreach (var (facet, values) in query.Filter.All.OrderBy(static pair => pair.Facet.Name, StringComparer.Ordinal)) Append(question, facet.Name, values);
        return question.Append(query.Percentiles).ToString();
    }

    /// <summary>The stamps of days, by the number of the day; a day that has none has no rollups, or none that may be seen.</summary>
    public static async Task<Dictionary<int, long>> StampsAsync(NpgsqlConnection connection, string[] tenants, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT day, sum(version)::bigint FROM usage_rollup_days WHERE tenant_id = ANY($1) AND day >= $2 AND day <= $3 GROUP BY day", connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(from), NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(to), NpgsqlDbType = NpgsqlDbType.Date });
        var stamps = new Dictionary<int, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) stamps[reader.GetFieldValue<DateOnly>(0).DayNumber] = reader.GetInt64(1);
        return stamps;
    }

    /// <summary>Zero when none of its days has rollups.</summary>
    public static long StampOf(Dictionary<int, long> stamps, DateTime from, DateTime to)
    {
        var stamp = 0L;
        for (var day = DateOnly.FromDateTime(from).DayNumber; day <= DateOnly.FromDateTime(to.AddTicks(-1)).DayNumber; day++) stamp += stamps.GetValueOrDefault(day);
        return stamp;
    }

    private static void Append(StringBuilder question, string name, IEnumerable<string?> values)
    {
        question.Append(name.Length).Append(':').Append(name);
        foreach (var value in values) question.Append('=').Append(value is null ? -1 : value.Length).Append(':').Append(value);
        question.Append('|');
    }

    private void PutNeedsLock(in Stretch stretch, (long Stamp, IReadOnlyList<GroupSums> Groups) kept)
    {
        if (_recent.Remove(stretch, out var old)) _weight -= Weight(old.Groups);
        var weight = Weight(kept.Groups);
        if (weight > most / 2) return;
        if (_weight + weight > most / 2) (_before, _recent, _weight) = (_recent, [], 0);
        _recent[stretch] = kept;
        _weight += weight;
    }

    private static int Weight(IReadOnlyList<GroupSums> groups) => Entry + (groups.Count > 0 && groups[0].Sums.HasHistogram ? WithHistogram : 1) * groups.Count;
}
