using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Answers a breakdown, in one snapshot. 1. Cut the range into output buckets; 2. cover each with rollup pieces, and events where no rollup fits; 3. sum both in PostgreSQL,
/// and the events that the rollups do not have yet; 4. add the parts up by bucket and group. The total is the sum of the rows, so they cannot disagree.
/// </summary>
internal static class BreakdownReader
{
    /// <summary>Above this many look-ups, scanning is no slower.</summary>
    private const int MaxLookups = 5_000;

    /// <summary>More buckets than any chart or sheet can use.</summary>
    public const int MaxBuckets = 10_000;

    /// <summary>Whether a range would be cut into more buckets than are answered.</summary>
    public static bool TooManyBuckets(DateTimeOffset from, DateTimeOffset to, Grain grain) => (to - from) / MaxBuckets > grain switch
    {
        Grain.QuarterHour => TimeSpan.FromMinutes(15),
        Grain.Hour => TimeSpan.FromHours(1),
        Grain.Day => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(7),
    } && grain != Grain.Total;

    private static readonly string TokenSums = string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"sum(r.{bucket.Column()})::bigint"));

    private static string EventSums(BreakdownQuery query) => $$"""
        count(*) FILTER (WHERE r.status = {{(short)UsageStatus.Failure}}), count(*), sum(r.attempt_count)::bigint, count(*) - count(r.cost), coalesce(sum(r.cost), 0),
        {{(query.Percentiles ? "string_agg(int4send(r.latency_ms), '')" : "NULL::bytea")}}, {{TokenSums}}
        """;

    public static async Task<(IReadOnlyList<BreakdownRow> Rows, Measures Total)> ReadAsync(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        var buckets = Buckets(query);
        var levels = RollupCover.LevelsFor(query.GroupBy.Concat(query.Filter.Values.Keys));
        var pieces = new List<Piece>();
        for (var index = 0; index < buckets.Count; index++)
            RollupCover.Add(pieces, index, levels, buckets[index].From, buckets[index].To);

        var groups = new Dictionary<GroupKey, Sums>();
        var rolled = pieces.Where(static piece => piece.Level is not null).ToList();
        var raw = pieces.Where(static piece => piece.Level is null).ToList();
        if (rolled.Count > 0)
        {
            await using var rollups = RollupCommand(connection, query, tenants, rolled, [.. buckets.Select(static bucket => bucket.From)]);
            await CollectAsync(rollups, query, groups, static bucket => bucket, isPacked: true, cancellationToken);
            await using var tail = TailCommand(connection, query, tenants, rolled);
            await CollectAsync(tail, query, groups, BucketOfQuarter(rolled), isPacked: false, cancellationToken);
        }
        if (raw.Count > 0)
        {
            await using var events = EventCommand(connection, query, tenants, raw);
            await CollectAsync(events, query, groups, static bucket => bucket, isPacked: false, cancellationToken);
        }
        var total = new Sums();
        foreach (var sums in groups.Values) total.Add(sums);
        BreakdownRow[] rows = [.. groups.OrderBy(static group => group.Key).Select(group =>
            new BreakdownRow(buckets[group.Key.Bucket].Label, group.Key.Values, group.Value.ToMeasures()))];
        return (rows, total.ToMeasures());
    }

    private static List<(DateTimeOffset? Label, DateTime From, DateTime To)> Buckets(BreakdownQuery query)
    {
        var (from, to) = (query.From.UtcDateTime, query.To.UtcDateTime);
        if (query.Grain == Grain.Total) return [(null, from, to)];
        var buckets = new List<(DateTimeOffset?, DateTime, DateTime)>();
        foreach (var (start, end) in LocalBuckets.Between(query.From, query.To, query.Grain, query.Zone))
        {
            if (buckets.Count > MaxBuckets + 2) throw new ArgumentException($"More than {MaxBuckets} buckets.", nameof(query));
            buckets.Add((start, start.UtcDateTime < from ? from : start.UtcDateTime, end.UtcDateTime > to ? to : end.UtcDateTime));
        }
        return buckets;
    }

    /// <summary>
    /// Each run of buckets is scanned; when a few subjects are asked for, each is looked up in each run, past the rows of all the others.
    /// OFFSET 0 keeps one index scan per run, whatever the planner believes about the arrays.
    /// </summary>
    private static NpgsqlCommand RollupCommand(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, IReadOnlyList<Piece> pieces, DateTime[] starts)
    {
        var runs = RollupCover.Runs(pieces);
        var subjects = Subjects(query.Filter);
        var looksUp = subjects is not null && (long)runs.Count * subjects.Length * tenants.Length <= MaxLookups;
        var command = new NpgsqlCommand { Connection = connection };
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Text, tenants);
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, runs.Select(static run => run.From).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, runs.Select(static run => run.To).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Smallint, runs.Select(static run => (short)run.Level!.Value.Kind).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Smallint, runs.Select(static run => (short)run.Level!.Value.Grain).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, starts);
        if (looksUp) Add(command, NpgsqlDbType.Array | NpgsqlDbType.Text, subjects!);
        var filter = UsageSql.Filter(command, query.Filter, RollupColumn);
        var groups = string.Concat(query.GroupBy.Select(static dimension => $", {RollupColumn(dimension)}"));
        command.CommandText = $"""
            SELECT width_bucket(r.bucket_start, $6) - 1 AS bucket, sum(r.failures)::bigint, sum(r.requests)::bigint, sum(r.attempts)::bigint, sum(r.unpriced)::bigint, sum(r.cost),
                   {(query.Percentiles ? "string_agg(r.latency, '')" : "NULL::bytea")}, {TokenSums}{groups}
            FROM unnest($1) AS t(tenant_id), unnest($2, $3, $4, $5) AS p(lower, upper, kind, grain){(looksUp ? ", unnest($7) AS s(subject)" : "")}
            CROSS JOIN LATERAL (
              SELECT * FROM usage_rollups AS r
              WHERE r.tenant_id = t.tenant_id AND r.kind = p.kind AND r.grain = p.grain AND r.bucket_start >= p.lower AND r.bucket_start < p.upper
                {(looksUp ? "AND r.subject = s.subject AND r.kind > 1" : "")}{filter} OFFSET 0) AS r
            GROUP BY bucket{groups}
            """;
        return command;
    }

    /// <summary>The users or keys that are asked for by name; null when all are.</summary>
    private static string[]? Subjects(UsageFilter filter)
    {
        var named = filter[Dimension.User] is { Count: > 0 } users ? users : filter[Dimension.Key];
        return named.Count == 0 ? null : [.. named.Select(static name => name ?? "").Distinct(StringComparer.Ordinal)];
    }

    private static NpgsqlCommand EventCommand(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, IReadOnlyList<Piece> pieces)
    {
        var command = WithPieces(connection, tenants, pieces);
        var filter = UsageSql.Filter(command, query.Filter, UsageSql.EventColumn);
        var groups = string.Concat(query.GroupBy.Select(static dimension => $", {UsageSql.EventColumn(dimension)}"));
        command.CommandText = $"""
            SELECT p.bucket, {EventSums(query)}{groups}
            FROM unnest($1) AS t(tenant_id), unnest($2, $3, $4) AS p(bucket, lower, upper)
            CROSS JOIN LATERAL (
              SELECT * FROM usage_events AS r
              WHERE r.tenant_id = t.tenant_id AND r.occurred_at >= p.lower AND r.occurred_at < p.upper{filter} OFFSET 0) AS r
            GROUP BY p.bucket{groups}
            """;
        return command;
    }

    /// <summary>Events above the watermark, few and recent, by quarter hours since 2000.</summary>
    private static NpgsqlCommand TailCommand(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, IReadOnlyList<Piece> pieces)
    {
        var command = new NpgsqlCommand { Connection = connection };
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Text, tenants);
        Add(command, NpgsqlDbType.TimestampTz, pieces.Min(static piece => piece.From));
        Add(command, NpgsqlDbType.TimestampTz, pieces.Max(static piece => piece.To));
        var filter = UsageSql.Filter(command, query.Filter, UsageSql.EventColumn);
        var groups = string.Concat(query.GroupBy.Select(static dimension => $", {UsageSql.EventColumn(dimension)}"));
        command.CommandText = $"""
            SELECT floor(extract(epoch FROM r.occurred_at) / 900)::int AS quarter, {EventSums(query)}{groups}
            FROM (SELECT * FROM usage_events AS r WHERE r.xid >= (SELECT xid FROM usage_rollup_watermark) OFFSET 0) AS r
            WHERE r.tenant_id = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3{filter}
            GROUP BY quarter{groups}
            """;
        return command;
    }

    /// <summary>The output bucket that a quarter hour belongs to by the rollup pieces; null when it is read from events anyway.</summary>
    private static Func<int, int?> BucketOfQuarter(IReadOnlyList<Piece> pieces)
    {
        var ordered = pieces.OrderBy(static piece => piece.From).ToArray();
        var starts = ordered.Select(static piece => piece.From).ToArray();
        return quarter =>
        {
            var at = DateTime.UnixEpoch.AddMinutes(15L * quarter);
            var index = Array.BinarySearch(starts, at);
            var piece = index >= 0 ? index : ~index - 1;
            return piece >= 0 && at < ordered[piece].To ? ordered[piece].Bucket : null;
        };
    }

    private static NpgsqlCommand WithPieces(NpgsqlConnection connection, string[] tenants, IReadOnlyList<Piece> pieces)
    {
        var command = new NpgsqlCommand { Connection = connection };
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Text, tenants);
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Integer, pieces.Select(static piece => piece.Bucket).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, pieces.Select(static piece => piece.From).ToArray());
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, pieces.Select(static piece => piece.To).ToArray());
        return command;
    }

    private static string RollupColumn(Dimension dimension) => dimension switch
    {
        Dimension.Tenant => "r.tenant_id",
        Dimension.Provider => "r.provider",
        Dimension.Model => "r.model",
        Dimension.Status => "r.status",
        Dimension.User or Dimension.Key => "r.subject",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object value) =>
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });

    private static async Task CollectAsync(NpgsqlCommand command, BreakdownQuery query, Dictionary<GroupKey, Sums> groups, Func<int, int?> bucketOf, bool isPacked, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (bucketOf(reader.GetInt32(0)) is not { } bucket) continue;
            var values = new string?[query.GroupBy.Count];
            for (var index = 0; index < values.Length; index++)
                values[index] = UsageSql.GroupValue(reader, 7 + TokenCounts.BucketCount + index, query.GroupBy[index]);
            ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, new GroupKey(bucket, values), out _);
            (sums ??= new Sums()).Add(reader, isPacked);
        }
    }

    /// <summary>Equal by value: a bucket and its group.</summary>
    private readonly record struct GroupKey(int Bucket, string?[] Values) : IComparable<GroupKey>
    {
        /// <summary>By time, then by name, "none" first.</summary>
        public int CompareTo(GroupKey other)
        {
            var order = Bucket.CompareTo(other.Bucket);
            for (var index = 0; order == 0 && index < Values.Length; index++) order = string.CompareOrdinal(Values[index], other.Values[index]);
            return order;
        }

        public bool Equals(GroupKey other) => Bucket == other.Bucket && Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Bucket);
            foreach (var value in Values) hash.Add(value);
            return hash.ToHashCode();
        }
    }

    private sealed class Sums
    {
        private LatencyHistogram? _latency;
        private TokenCounts _tokens;
        private long _requests, _failures, _attempts, _unpriced;
        private decimal _cost;

        /// <summary>Adds a row: bucket, failures, requests, attempts, unpriced, cost, latency, then the token buckets.</summary>
        /// <param name="isPacked">Whether latencies come as a histogram, else as milliseconds.</param>
        public void Add(NpgsqlDataReader reader, bool isPacked)
        {
            _failures += reader.GetInt64(1);
            _requests += reader.GetInt64(2);
            _attempts += reader.GetInt64(3);
            _unpriced += reader.GetInt64(4);
            _cost += reader.GetDecimal(5);
            if (!reader.IsDBNull(6)) AddLatency(reader.GetFieldValue<byte[]>(6), isPacked);
            var tokens = default(TokenCounts);
            foreach (var bucket in TokenCounts.Buckets)
                if (reader.GetInt64(7 + (int)bucket) is > 0 and var count) tokens = tokens.With(bucket, count);
            _tokens += tokens;
        }

        public void Add(Sums other)
        {
            _failures += other._failures;
            _requests += other._requests;
            _attempts += other._attempts;
            _unpriced += other._unpriced;
            _cost += other._cost;
            _tokens += other._tokens;
            if (other._latency is { } latency) (_latency ??= new()).Add(latency);
        }

        public Measures ToMeasures() => new(_requests, _failures, _attempts, _tokens, _cost, _unpriced, _latency?.Percentiles());

        private void AddLatency(byte[] sent, bool isPacked)
        {
            if (sent.Length == 0) return;
            _latency ??= new();
            if (isPacked) _latency.AddPacked(sent);
            else _latency.AddMilliseconds(sent);
        }
    }
}
