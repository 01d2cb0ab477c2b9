using System.Data;
using System.Globalization;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Reads sessions: the requests that a sender gave one session id. An index of events that have one serves all of it.</summary>
public sealed class SessionQueries(Database database)
{
    public const int CurvePoints = 80;
    public const int MostCounted = 100_000;

    private const int MostNames = 5;
    private const int MostRepeats = 20;
    private const string Of = "FROM usage_events AS r WHERE r.tenant_id = $1 AND r.session = $2 AND r.session IS NOT NULL";

    /// <summary>Only the partitions that it is in.</summary>
    private const string Within = $"{Of} AND r.occurred_at >= $3 AND r.occurred_at <= $4";

    private static readonly string InputTotal = string.Join(" + ", Columns(TokenBucket.Input, TokenBucket.CacheRead, TokenBucket.CacheWrite5m, TokenBucket.CacheWrite1h, TokenBucket.AudioInput, TokenBucket.ImageInput, TokenBucket.VideoInput, TokenBucket.AudioCacheRead));
    private static readonly string OutputTotal = string.Join(" + ", Columns(TokenBucket.Output, TokenBucket.Reasoning, TokenBucket.AudioOutput, TokenBucket.ImageOutput));

    private static readonly string ModelsSql = $"""
        SELECT r.provider, r.model, count(*), count(*) FILTER (WHERE r.status = {(short)UsageStatus.Failure}), count(*) - count(r.cost), coalesce(sum(r.cost), 0),
               sum({InputTotal})::bigint, sum(r.cache_read + r.audio_cache_read)::bigint, sum({OutputTotal})::bigint
        {Within} GROUP BY r.provider, r.model ORDER BY 6 DESC, 3 DESC, 1, 2
        """;

    private const string CurveSql = $"""
        SELECT least(floor(extract(epoch FROM r.occurred_at - $3) / $5)::int, $6 - 1) AS step, count(*), coalesce(sum(r.cost), 0) {Within} GROUP BY step ORDER BY step
        """;

    /// <summary>Runs are told apart by counting, call by call, how often one began: where the call before is too long ago or too unlike.</summary>
    private static readonly string RepeatsSql = $"""
        SELECT tool, agent, provider, model, operation, count(*), min(at), max(at), coalesce(sum(cost), 0), count(*) - count(cost)
        FROM (
          SELECT *, sum(begins) OVER (PARTITION BY tool, agent, provider, model, operation, hash ORDER BY at, id, source ROWS UNBOUNDED PRECEDING) AS run
          FROM (
            SELECT *, CASE WHEN at - lag(at) OVER before <= $5 AND (
                abs(read - lag(read) OVER before) <= $6 * lag(read) OVER before AND abs(written - lag(written) OVER before) <= $7 * lag(written) OVER before
                AND (tool IS NOT NULL OR (read = lag(read) OVER before AND written = lag(written) OVER before))) THEN 0 ELSE 1 END AS begins
            FROM (
              SELECT r.occurred_at AS at, r.event_id AS id, r.source, r.provider, r.model, r.operation, r.agent, r.tool, r.cost, r.tags ->> '{RepeatedCalls.HashTag}' AS hash,
                     {InputTotal} AS read, {OutputTotal} AS written {Within}) AS calls
            WINDOW before AS (PARTITION BY tool, agent, provider, model, operation, hash ORDER BY at, id, source)) AS marked) AS runs
        GROUP BY tool, agent, provider, model, operation, hash, run HAVING count(*) >= {RepeatedCalls.MinCalls}
        ORDER BY 6 DESC, 7 LIMIT {MostRepeats}
        """;

    private static readonly string PlaceSql = string.Create(CultureInfo.InvariantCulture, $"""
        SELECT count(*) FILTER (WHERE (r.occurred_at, r.event_id, r.source) < ($3, $4, $5))::int, count(*)::int FROM (SELECT r.occurred_at, r.event_id, r.source {Of} ORDER BY r.occurred_at LIMIT {MostCounted}) AS r
        """);

    private static readonly string PreviousSql = Neighbour("<", "DESC");
    private static readonly string NextSql = Neighbour(">", "ASC");

    /// <summary>Null when there is no such session, or none within reach. All in one snapshot.</summary>
    public async Task<UsageSession?> FindAsync(Reach reach, string tenant, string id, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return null;
        await using var session = await database.BeginAsync(reach, cancellationToken, IsolationLevel.RepeatableRead, shared: "usage_events");
        var asked = new Asked(session.Connection, tenant, id);
        if (await SpanAsync(asked, cancellationToken) is not var (first, last)) return null;
        asked = asked with { First = first, Last = last };
        return new(
            tenant, id, first, last, await ModelsAsync(asked, cancellationToken), await CurveAsync(asked, cancellationToken), await RepeatsAsync(asked, cancellationToken),
            await NamesAsync(asked, "user_id", cancellationToken), await NamesAsync(asked, "key_id", cancellationToken), await NamesAsync(asked, "agent", cancellationToken));
    }

    /// <summary>Null when the request has no session.</summary>
    public async Task<SessionPlace?> FindPlaceAsync(Reach reach, UsageEvent usage, CancellationToken cancellationToken)
    {
        if (usage.Session is not { } id || !reach.Includes(usage.TenantId)) return null;
        await using var session = await database.BeginAsync(reach, cancellationToken);
        var asked = new Asked(session.Connection, usage.TenantId, id);
        var (before, count) = (await ReadAsync(At(asked, PlaceSql, usage), static reader => (reader.GetInt32(0), reader.GetInt32(1)), cancellationToken))[0];
        return new(before + 1, count, await NeighbourAsync(asked, PreviousSql, usage, cancellationToken), await NeighbourAsync(asked, NextSql, usage, cancellationToken));
    }

    private static IEnumerable<string> Columns(params TokenBucket[] buckets) => buckets.Select(static bucket => $"r.{bucket.Column()}");

    private static string Neighbour(string than, string order) =>
        $"SELECT r.event_id, r.source {Of} AND (r.occurred_at, r.event_id, r.source) {than} ($3, $4, $5) ORDER BY r.occurred_at {order}, r.event_id {order}, r.source {order} LIMIT 1";

    private static async Task<(DateTimeOffset First, DateTimeOffset Last)?> SpanAsync(Asked asked, CancellationToken cancellationToken)
    {
        await using var command = asked.Command($"SELECT min(r.occurred_at), max(r.occurred_at) {Of}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? (reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    private static Task<List<SessionModel>> ModelsAsync(Asked asked, CancellationToken cancellationToken) => ReadAsync(asked.Command(ModelsSql), static reader => new SessionModel(
        reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetDecimal(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)), cancellationToken);

    private static async Task<IReadOnlyList<CurvePoint>> CurveAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (first, last) = (asked.First!.Value, asked.Last!.Value);
        var width = (last - first).TotalSeconds / CurvePoints;
        var command = asked.Command(CurveSql);
        command.Parameters.Add(new() { Value = Math.Max(width, 0.001), NpgsqlDbType = NpgsqlDbType.Double });
        command.Parameters.Add(new() { Value = CurvePoints, NpgsqlDbType = NpgsqlDbType.Integer });
        var steps = await ReadAsync(command, static reader => (Step: reader.GetInt32(0), Requests: reader.GetInt64(1), Cost: reader.GetDecimal(2)), cancellationToken);
        var points = Enumerable.Range(0, CurvePoints).Select(step => new CurvePoint(first.AddSeconds(step * width), 0, 0)).ToArray();
        foreach (var (step, requests, cost) in steps) points[step] = points[step] with { Requests = requests, Cost = cost };
        return points;
    }

    private static Task<List<RepeatedCalls>> RepeatsAsync(Asked asked, CancellationToken cancellationToken)
    {
        var command = asked.Command(RepeatsSql);
        command.Parameters.Add(new() { Value = RepeatedCalls.Within, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = RepeatedCalls.InputShare, NpgsqlDbType = NpgsqlDbType.Double });
        command.Parameters.Add(new() { Value = RepeatedCalls.OutputShare, NpgsqlDbType = NpgsqlDbType.Double });
        return ReadAsync(command, static reader => new RepeatedCalls(
            Text(reader, 0), Text(reader, 1), reader.GetString(2), reader.GetString(3), Text(reader, 4), reader.GetInt64(5), reader.GetFieldValue<DateTimeOffset>(6),
            reader.GetFieldValue<DateTimeOffset>(7), reader.GetDecimal(8), reader.GetInt64(9)), cancellationToken);
    }

    private static Task<List<string>> NamesAsync(Asked asked, string column, CancellationToken cancellationToken) =>
        ReadAsync(asked.Command($"SELECT r.{column} {Within} AND r.{column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MostNames}"), static reader => reader.GetString(0), cancellationToken);

    private static async Task<RequestName?> NeighbourAsync(Asked asked, string sql, UsageEvent usage, CancellationToken cancellationToken) =>
        (await ReadAsync(At(asked, sql, usage), static reader => new RequestName(reader.GetString(0), reader.GetString(1)), cancellationToken)).FirstOrDefault();

    private static NpgsqlCommand At(Asked asked, string sql, UsageEvent usage)
    {
        var command = asked.Command(sql);
        command.Parameters.Add(new() { Value = usage.OccurredAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = usage.Id, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = usage.Source, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
            return rows;
        }
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    /// <summary>A session that is asked about, and when it was, once that is known.</summary>
    private sealed record Asked(NpgsqlConnection Connection, string Tenant, string Id)
    {
        public DateTimeOffset? First { get; init; }
        public DateTimeOffset? Last { get; init; }

        public NpgsqlCommand Command(string sql)
        {
            var command = new NpgsqlCommand(sql, Connection);
            command.Parameters.Add(new() { Value = Tenant, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = Id, NpgsqlDbType = NpgsqlDbType.Text });
            foreach (var at in new[] { First, Last }.OfType<DateTimeOffset>()) command.Parameters.Add(new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            return command;
        }
    }
}
