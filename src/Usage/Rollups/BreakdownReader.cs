using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AgentConsole.Usage.Exploring;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Answers a breakdown, in one snapshot. 1. Cut the range into output buckets; 2. cover each with rollup pieces, and events where no rollup fits; 3. take what is kept of the pieces
/// (<see cref="KeptSums"/>), and sum the others in PostgreSQL, with the events, and those that the rollups do not have yet; 4. add the parts up by bucket and group. The total is the sum
/// of the rows, so they cannot disagree.
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

    private static readonly string[] Counts = ["failures", "requests", "attempts", "unpriced"];
    private static readonly string TokenSums = string.Join(", ", TokenCounts.Buckets.Select(static bucket => Counting.Whole.Sum(bucket.Column())));

    private static string EventSums(BreakdownQuery query) => $$"""
        count(*) FILTER (WHERE r.status = {{(short)UsageStatus.Failure}}), count(*), sum(r.attempt_count)::bigint, count(*) - count(r.cost), coalesce(sum(r.cost), 0),
        {{(query.Percentiles ? "string_agg(int4send(r.latency_ms), '')" : "NULL::bytea")}}, {{TokenSums}}
        """;

    public static Task<(IReadOnlyList<BreakdownRow> Rows, Measures Total)> ReadAsync(NpgsqlConnection connection, KeptSums kept, BreakdownQuery query, string[] tenants, CancellationToken cancellationToken) =>
        ReadAsync(connection, kept, query, tenants, null, cancellationToken);

    /// <param name="reading">How events are read; null: all at once.</param>
    public static async Task<(IReadOnlyList<BreakdownRow> Rows, Measures Total)> ReadAsync(
        NpgsqlConnection connection, KeptSums kept, BreakdownQuery query, string[] tenants, EventReading? reading, CancellationToken cancellationToken)
    {
        var buckets = Buckets(query);
        var groups = await SumAsync(connection, kept, query, tenants, buckets, null, reading, cancellationToken);
        var total = new UsageSums(query.FromEvents);
        foreach (var sums in groups.Values) total.Add(sums);
        BreakdownRow[] rows = [.. groups.OrderBy(static group => group.Key).Select(group =>
            new BreakdownRow(buckets[group.Key.Bucket].Label, group.Key.Values, group.Value.ToMeasures()))];
        return (rows, total.ToMeasures());
    }

    /// <summary>Whether no rollup answers it, so that every request of the range is read.</summary>
    public static bool ReadsEvents(BreakdownQuery query) => LevelsFor(query).Length == 0;

    /// <param name="slots">Which of the output's slots each bucket is added to; null: every bucket is one.</param>
    /// <param name="reading">How events are read; null: all at once.</param>
    public static async Task<Dictionary<GroupKey, UsageSums>> SumAsync(
        NpgsqlConnection connection, KeptSums kept, BreakdownQuery query, string[] tenants, IReadOnlyList<(DateTimeOffset? Label, DateTime From, DateTime To)> buckets, int[]? slots, EventReading? reading, CancellationToken cancellationToken)
    {
        var levels = LevelsFor(query);
        var pieces = new List<Piece>();
        for (var index = 0; index < buckets.Count; index++)
            RollupCover.Add(pieces, index, levels, buckets[index].From, buckets[index].To);

        var groups = new Dictionary<GroupKey, UsageSums>();
        var rolled = pieces.Where(static piece => piece.Level is not null).ToList();
        var raw = pieces.Where(static piece => piece.Level is null).ToList();
        int Slot(int bucket) => slots is null ? bucket : slots[bucket];
        if (rolled.Count > 0)
        {
            await foreach (var (block, sums) in SumBlocksAsync(connection, kept, query, tenants, RollupCover.Blocks(rolled), cancellationToken))
                foreach (var (group, part) in sums)
                    (CollectionsMarshal.GetValueRefOrAddDefault(groups, new GroupKey(Slot(block.Bucket), group), out _) ??= new UsageSums()).Add(part);
            await using var tail = TailCommand(connection, query, tenants, rolled);
            var bucketOf = BucketOfQuarter(rolled);
            await CollectAsync(tail, query, groups, quarter => bucketOf(quarter) is { } bucket ? Slot(bucket) : null, null, isPacked: false, Counting.Whole, cancellationToken);
        }
        foreach (var part in reading?.Parts(raw) ?? (raw.Count == 0 ? [] : [raw]))
        {
            await using var events = EventCommand(connection, query, tenants, part);
            await CollectAsync(events, query, groups, bucket => Slot(bucket), reading, isPacked: false, Counting.Whole, cancellationToken);
            reading?.Read(part);
        }
        return groups;
    }

    /// <summary>Each block with the sums of its groups: those that are kept, and then those that are read, and kept from now on.</summary>
    private static async IAsyncEnumerable<(Block Block, IReadOnlyList<GroupSums> Sums)> SumBlocksAsync(
        NpgsqlConnection connection, KeptSums kept, BreakdownQuery query, string[] tenants, List<Block> blocks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var question = KeptSums.Question(query, tenants);
        var stamps = await KeptSums.StampsAsync(connection, tenants, blocks[0].From, blocks[^1].To, cancellationToken);
        var missing = new List<Block>();
        foreach (var block in blocks)
        {
            if (kept.Find(new(question, block.From, block.To), KeptSums.StampOf(stamps, block.From, block.To)) is { } sums) yield return (block, sums);
            else missing.Add(block);
        }
        if (missing.Count == 0) yield break;
        var read = await ReadBlocksAsync(connection, query, tenants, missing, Counting.Floating, cancellationToken) ?? await ReadBlocksAsync(connection, query, tenants, missing, Counting.Whole, cancellationToken);
        for (var index = 0; index < missing.Count; index++)
        {
            var (block, sums) = (missing[index], read![index]);
            // What has no stamp has no rollups that may be seen.
            if (KeptSums.StampOf(stamps, block.From, block.To) is > 0 and var stamp) kept.Keep(new(question, block.From, block.To), stamp, sums);
            yield return (block, sums);
        }
    }

    /// <returns>The sums of each block's groups; null when one is beyond what its counting can tell.</returns>
    private static async Task<List<GroupSums>[]?> ReadBlocksAsync(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, List<Block> blocks, Counting counting, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<GroupKey, UsageSums>();
        await using (var rollups = RollupCommand(connection, query, tenants, [.. blocks.SelectMany(static block => block.Pieces)], [.. blocks.Select(static block => block.From)], counting))
            if (!await CollectAsync(rollups, query, groups, static block => block, null, isPacked: true, counting, cancellationToken)) return null;
        var sums = new List<GroupSums>[blocks.Count];
        for (var index = 0; index < sums.Length; index++) sums[index] = [];
        foreach (var (key, group) in groups) sums[key.Bucket].Add(new(key.Values, group));
        return sums;
    }

    /// <summary>None when no kind of rollup knows everything that is asked for.</summary>
    private static RollupLevel[] LevelsFor(BreakdownQuery query) =>
        query.FromEvents != EventMeasures.None || query.Filter.Tags.Count > 0 || query.GroupBy.Any(static facet => facet.Tag is not null)
            ? []
            : RollupCover.LevelsFor(query.GroupBy.Select(static facet => facet.Known!.Value).Concat(query.Filter.Values.Keys));

    public static List<(DateTimeOffset? Label, DateTime From, DateTime To)> Buckets(BreakdownQuery query)
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
    private static NpgsqlCommand RollupCommand(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, IReadOnlyList<Piece> pieces, DateTime[] starts, Counting counting)
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
        var groups = UsageSql.Groups(command, query.GroupBy, RollupColumn);
        command.CommandText = $"""
            SELECT width_bucket(r.bucket_start, $6) - 1 AS bucket, {string.Join(", ", Counts.Select(column => counting.Sum(column)))}, sum(r.cost),
                   {(query.Percentiles ? "string_agg(r.latency, '')" : "NULL::bytea")}, {string.Join(", ", TokenCounts.Buckets.Select(bucket => counting.Sum(bucket.Column())))}{groups}
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
        var groups = UsageSql.Groups(command, query.GroupBy, UsageSql.EventColumn);
        command.CommandText = $"""
            SELECT p.bucket, {EventSums(query)}{groups}{EventColumns.Select(query.FromEvents)}
            FROM unnest($1) AS t(tenant_id), unnest($2, $3, $4) AS p(bucket, lower, upper)
            CROSS JOIN LATERAL (
              SELECT * FROM usage_events AS r
              WHERE r.tenant_id = t.tenant_id AND r.occurred_at >= p.lower AND r.occurred_at < p.upper{filter} OFFSET 0) AS r
            GROUP BY p.bucket{groups}{EventColumns.GroupBy(query.FromEvents)}
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
        var groups = UsageSql.Groups(command, query.GroupBy, UsageSql.EventColumn);
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

    /// <returns>False when a sum is beyond what its counting can tell; nothing collected is to be used then.</returns>
    private static async Task<bool> CollectAsync(
        NpgsqlCommand command, BreakdownQuery query, Dictionary<GroupKey, UsageSums> groups, Func<int, int?> slotOf, EventReading? reading, bool isPacked, Counting counting, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (slotOf(reader.GetInt32(0)) is not { } slot) continue;
            var values = new string?[query.GroupBy.Count];
            for (var index = 0; index < values.Length; index++)
                values[index] = UsageSql.GroupValue(reader, EventColumns.FirstGroup + index, query.GroupBy[index]);
            ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, new GroupKey(slot, values), out _);
            if (!(sums ??= new UsageSums()).Add(reader, isPacked, counting)) return false;
            if (query.FromEvents != EventMeasures.None) sums.AddEvents(reader, query.FromEvents, EventColumns.FirstGroup + values.Length, reading!.Book);
            reading?.Hold(groups.Count);
        }
        return true;
    }
}

/// <summary>Equal by value: a bucket, or the slot that several are added to, and its group.</summary>
internal readonly record struct GroupKey(int Bucket, string?[] Values) : IComparable<GroupKey>
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
