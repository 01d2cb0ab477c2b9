namespace AgentConsole.Usage.Rollups;

/// <summary>A rollup that is kept: what it is about, and how wide its buckets are.</summary>
internal readonly record struct RollupLevel(RollupKind Kind, RollupGrain Grain)
{
    public TimeSpan Width => Grain switch
    {
        RollupGrain.QuarterHour => TimeSpan.FromMinutes(15),
        RollupGrain.Hour => TimeSpan.FromHours(1),
        RollupGrain.SixHours => TimeSpan.FromHours(6),
        RollupGrain.Day => TimeSpan.FromDays(1),
        RollupGrain.Week => TimeSpan.FromDays(7),
        _ => throw new ArgumentOutOfRangeException(nameof(Grain)),
    };

    /// <summary>The start of the bucket that a time falls in. Weeks begin on Mondays, as the calendar of <see cref="DateTime"/> does.</summary>
    public DateTime BucketOf(DateTime at) => new(at.Ticks - at.Ticks % Width.Ticks, DateTimeKind.Utc);
}

/// <summary>A stretch of one output bucket, and where its sums are read: a rollup, or the events themselves (null).</summary>
internal readonly record struct Piece(int Bucket, RollupLevel? Level, DateTime From, DateTime To);

/// <summary>A stretch of one output bucket that is read and kept as a whole: pieces of rollups within one UTC day, or one of whole days.</summary>
internal sealed record Block(int Bucket, List<Piece> Pieces)
{
    public DateTime From => Pieces[0].From;

    public DateTime To => Pieces[^1].To;
}

/// <summary>Covers a range with the coarsest rollups that fit and events at the ragged ends, so that any range in any zone is exact.</summary>
internal static class RollupCover
{
    private static readonly RollupLevel[] Model =
    [
        new(RollupKind.Model, RollupGrain.QuarterHour), new(RollupKind.Model, RollupGrain.Hour), new(RollupKind.Model, RollupGrain.SixHours), new(RollupKind.Model, RollupGrain.Day),
    ];

    private static readonly RollupLevel[] User = [new(RollupKind.User, RollupGrain.QuarterHour), new(RollupKind.User, RollupGrain.Day)];
    private static readonly RollupLevel[] Key = [new(RollupKind.Key, RollupGrain.QuarterHour), new(RollupKind.Key, RollupGrain.Day)];
    private static readonly RollupLevel[] UserTotal = [User[0], .. Totals(RollupKind.UserTotal)];
    private static readonly RollupLevel[] KeyTotal = [Key[0], .. Totals(RollupKind.KeyTotal)];

    /// <summary>Every rollup that is kept, finer before coarser.</summary>
    public static readonly RollupLevel[] Kept = [.. Model, .. User, .. Key, .. UserTotal[1..], .. KeyTotal[1..]];

    /// <summary>The rollups that know every dimension asked for, finest first; none when no kind knows them all.</summary>
    public static RollupLevel[] LevelsFor(IEnumerable<Dimension> dimensions)
    {
        var (user, key, model) = (false, false, false);
        foreach (var dimension in dimensions)
        {
            switch (dimension)
            {
                case Dimension.Tenant: break;
                case Dimension.Provider or Dimension.Model or Dimension.Status: model = true; break;
                case Dimension.User: user = true; break;
                case Dimension.Key: key = true; break;
                default: return [];
            }
        }
        return (user, key, model) switch
        {
            (true, true, _) => [],
            (true, _, true) => User,
            (true, _, false) => UserTotal,
            (_, true, true) => Key,
            (_, true, false) => KeyTotal,
            _ => Model,
        };
    }

    /// <param name="levels">Finest first; empty: all is read from events.</param>
    public static void Add(List<Piece> pieces, int bucket, ReadOnlySpan<RollupLevel> levels, DateTime from, DateTime to)
    {
        if (from >= to) return;
        if (levels.IsEmpty)
        {
            pieces.Add(new(bucket, null, from, to));
            return;
        }
        var level = levels[^1];
        var finer = levels[..^1];
        var first = level.BucketOf(from.AddTicks(level.Width.Ticks - 1));
        var last = level.BucketOf(to);
        if (first >= last)
        {
            Add(pieces, bucket, finer, from, to);
            return;
        }
        Add(pieces, bucket, finer, from, first);
        pieces.Add(new(bucket, level, first, last));
        Add(pieces, bucket, finer, last, to);
    }

    /// <summary>The pieces of rollups, those joined that follow each other in the same level: one scan reads them all.</summary>
    public static IReadOnlyList<Piece> Runs(IReadOnlyList<Piece> pieces)
    {
        var runs = new List<Piece>();
        foreach (var piece in pieces)
        {
            if (runs.Count > 0 && runs[^1].Level == piece.Level && runs[^1].To == piece.From) runs[^1] = runs[^1] with { To = piece.To };
            else runs.Add(piece);
        }
        return runs;
    }

    /// <param name="pieces">Of rollups, ascending.</param>
    public static List<Block> Blocks(IReadOnlyList<Piece> pieces)
    {
        var blocks = new List<Block>();
        foreach (var piece in pieces)
        {
            var isPart = blocks.Count > 0 && blocks[^1] is var last && last.Bucket == piece.Bucket && last.To == piece.From && IsWithinDay(last.Pieces[0]) && IsWithinDay(piece) && last.From.Date == piece.From.Date;
            if (isPart) blocks[^1].Pieces.Add(piece);
            else blocks.Add(new(piece.Bucket, [piece]));
        }
        return blocks;
    }

    private static bool IsWithinDay(in Piece piece) => piece.Level!.Value.Width < TimeSpan.FromDays(1);

    private static RollupLevel[] Totals(RollupKind kind) => [new(kind, RollupGrain.SixHours), new(kind, RollupGrain.Day), new(kind, RollupGrain.Week)];
}
