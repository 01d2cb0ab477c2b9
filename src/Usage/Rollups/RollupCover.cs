namespace AgentConsole.Usage.Rollups;

/// <summary>A stretch of one output bucket, and where its sums are read: a rollup grain, or the events themselves (null).</summary>
internal readonly record struct Piece(int Bucket, RollupGrain? Grain, DateTime From, DateTime To);

/// <summary>Covers a range with the coarsest rollups that fit and events at the ragged ends, so that any range in any zone is exact.</summary>
internal static class RollupCover
{
    private static readonly RollupGrain[] ModelGrains = [RollupGrain.QuarterHour, RollupGrain.Hour, RollupGrain.Day];
    private static readonly RollupGrain[] SubjectGrains = [RollupGrain.QuarterHour, RollupGrain.Day];

    /// <summary>Every rollup that is kept.</summary>
    public static readonly (RollupKind Kind, RollupGrain Grain)[] Kept =
    [
        .. ModelGrains.Select(static grain => (RollupKind.Model, grain)),
        .. SubjectGrains.Select(static grain => (RollupKind.User, grain)),
        .. SubjectGrains.Select(static grain => (RollupKind.Key, grain)),
    ];

    /// <param name="kind">Null: no rollup answers this question, so all is read from events.</param>
    public static void Add(List<Piece> pieces, int bucket, RollupKind? kind, DateTime from, DateTime to)
    {
        var grains = kind switch { null => [], RollupKind.Model => ModelGrains, _ => SubjectGrains };
        Cover(pieces, bucket, grains, from, to);
    }

    private static void Cover(List<Piece> pieces, int bucket, ReadOnlySpan<RollupGrain> grains, DateTime from, DateTime to)
    {
        if (from >= to) return;
        if (grains.IsEmpty)
        {
            pieces.Add(new(bucket, null, from, to));
            return;
        }
        var grain = grains[^1];
        var finer = grains[..^1];
        var width = Width(grain).Ticks;
        var first = new DateTime((from.Ticks + width - 1) / width * width, DateTimeKind.Utc);
        var last = new DateTime(to.Ticks / width * width, DateTimeKind.Utc);
        if (first >= last)
        {
            Cover(pieces, bucket, finer, from, to);
            return;
        }
        Cover(pieces, bucket, finer, from, first);
        pieces.Add(new(bucket, grain, first, last));
        Cover(pieces, bucket, finer, last, to);
    }

    private static TimeSpan Width(RollupGrain grain) => grain switch
    {
        RollupGrain.QuarterHour => TimeSpan.FromMinutes(15),
        RollupGrain.Hour => TimeSpan.FromHours(1),
        RollupGrain.Day => TimeSpan.FromDays(1),
        _ => throw new ArgumentOutOfRangeException(nameof(grain)),
    };
}
