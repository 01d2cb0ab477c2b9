using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Anomalies;

/// <summary>What only requests tell of a case.</summary>
/// <param name="By">By tool, agent, session, and whichever of user and key the case is not about.</param>
/// <param name="Requests">That were read: fewer than the case's are kept one by one when some are gone.</param>
public sealed record Evidence(IReadOnlyList<Contributions> By, long Requests);

/// <summary>
/// Reads a case's requests, within the budget of such reads: one pass over its time, and one over each of the weeks that are expected, sums by each dimension at once.
/// Of each dimension the dearest are told by name; what is beyond is in no list, so it is the rest of the whole.
/// </summary>
public sealed class CaseEvidence(Database database, EventReads reads)
{
    private const int MostNames = 200;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly string[] Names = ["tool", "agent", "user", "key", "session"];
    private static readonly string[] Columns = ["tool", "agent", "user_id", "key_id", "session"];

    private static readonly string Sql = $"""
        SELECT part, name, requests, cost FROM (
          SELECT s.part, coalesce(s.name, '') AS name, s.requests, s.cost, row_number() OVER (PARTITION BY s.part ORDER BY s.cost DESC, s.name) AS place FROM (
            SELECT CASE {string.Concat(Columns.Select(static (column, at) => $"WHEN grouping(r.{column}) = 0 THEN {at} "))}ELSE {Columns.Length} END AS part,
                   coalesce({string.Join(", ", Columns.Select(static column => $"CASE WHEN grouping(r.{column}) = 0 THEN coalesce(r.{column}, '') END"))}) AS name,
                   count(*) AS requests, coalesce(sum(r.cost), 0) AS cost
            FROM usage_events AS r
            WHERE r.tenant_id = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND ($4::text IS NULL OR r.user_id = $4) AND ($5::text IS NULL OR r.key_id = $5)
            GROUP BY GROUPING SETS ({string.Concat(Columns.Select(static column => $"(r.{column}), "))}())) AS s) AS p
        WHERE place <= {MostNames}
        """;

    /// <summary>Fails with <see cref="TooMuchToRead"/>.</summary>
    public Task<Result<Evidence>> ReadAsync(Reach reach, CaseRow one, CancellationToken cancellationToken) => reads.RunAsync(async cancel =>
    {
        await using var session = await database.BeginAsync(reach, cancel, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
        await LimitAsync(session.Connection, cancel);
        var now = await SumAsync(session.Connection, one, 0, cancel);
        var weeks = new List<Sums>();
        foreach (var week in one.Weeks) weeks.Add(await SumAsync(session.Connection, one, week, cancel));
        var whole = Whole(now);
        return new Evidence([.. Enumerable.Range(0, Names.Length).Where(part => !IsTold(part, one.Subject.Of)).Select(part => Of(part, now, weeks))], whole.Requests);
    }, cancellationToken);

    private static Contributions Of(int part, Sums now, List<Sums> weeks)
    {
        var isSession = Names[part] == "session";
        var usual = isSession ? [] : weeks.SelectMany(week => week[part]).GroupBy(static pair => pair.Key).ToDictionary(static pair => pair.Key, pair => pair.Sum(static one => one.Value.Cost) / weeks.Count);
        var all = now[part].Keys.Union(usual.Keys).Select(name =>
        {
            var (requests, cost) = now[part].GetValueOrDefault(name);
            return new Contribution(name.Length == 0 ? null : name, requests, cost, isSession ? null : usual.GetValueOrDefault(name));
        }).ToList();
        var listed = Contributions.Of(Names[part], isSession ? all.OrderByDescending(static one => one.Requests) : all);
        return Complete(listed, Whole(now), isSession || weeks.Count == 0 ? null : weeks.Average(static week => Whole(week).Cost));
    }

    /// <summary>What no name was kept for is with the others, so that the list sums to the whole.</summary>
    private static Contributions Complete(Contributions listed, (long Requests, decimal Cost) whole, decimal? expected)
    {
        var others = new Contribution(null, whole.Requests - listed.Leading.Sum(static one => one.Requests), whole.Cost - listed.Leading.Sum(static one => one.Cost), expected is { } usual ? usual - listed.Leading.Sum(static one => one.Expected ?? 0) : null);
        return others is { Requests: 0, Cost: 0, Excess: 0 } ? listed with { Others = null, OtherCount = 0 } : listed with { Others = others };
    }

    /// <summary>The case's own subject is no part of itself; and of a tenant rollups tell users and keys, exactly and for longer.</summary>
    private static bool IsTold(int part, CaseOf of) => Names[part] switch { "user" => of is CaseOf.User or CaseOf.Tenant, "key" => of is CaseOf.Key or CaseOf.Tenant, _ => false };

    private static (long Requests, decimal Cost) Whole(Sums sums) => sums[Columns.Length].GetValueOrDefault("");

    private async Task LimitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var limit = new NpgsqlCommand("SELECT set_config('statement_timeout', $1, true)", connection);
        limit.Parameters.Add(new() { Value = ((long)reads.Budget.TotalMilliseconds + 1000).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await limit.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Sums> SumAsync(NpgsqlConnection connection, CaseRow one, int week, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = one.Tenant, NpgsqlDbType = NpgsqlDbType.Text });
        foreach (var at in new[] { one.From, one.To }) command.Parameters.Add(new() { Value = (at - (week * Week)).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        foreach (var of in new[] { CaseOf.User, CaseOf.Key }) command.Parameters.Add(new() { Value = one.Subject.Of == of ? one.Subject.Name : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var sums = new Sums();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) sums[reader.GetInt32(0)][reader.GetString(1)] = (reader.GetInt64(2), reader.GetDecimal(3));
        return sums;
    }

    /// <summary>By the column that was grouped by, then by name; the last is the whole.</summary>
    private sealed class Sums
    {
        private readonly Dictionary<string, (long Requests, decimal Cost)>[] _parts = [.. Enumerable.Range(0, Columns.Length + 1).Select(static _ => new Dictionary<string, (long, decimal)>(StringComparer.Ordinal))];

        public Dictionary<string, (long Requests, decimal Cost)> this[int part] => _parts[part];
    }
}
