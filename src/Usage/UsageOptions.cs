using AgentConsole.Platform;

namespace AgentConsole.Usage;

public sealed record UsageOptions
{
    /// <summary><c>Usage__QueueCapacity</c>: events waiting to be written before callers are told to come back; 1,000 to 1,000,000, default 50,000.</summary>
    public int QueueCapacity { get; init; } = 50_000;
    /// <summary><c>Usage__GroupSize</c>: events written in one transaction, so long as more are waiting; 1 to 50,000, default 5,000.</summary>
    public int GroupSize { get; init; } = 5_000;
    /// <summary><c>Usage__Writers</c>: transactions under way at once; 1 to 16, default 2.</summary>
    public int Writers { get; init; } = 2;
    /// <summary><c>Usage__RejectionsKeptDays</c>: how long refused items are kept; 1 to 3,650 days, default 30.</summary>
    public int RejectionsKeptDays { get; init; } = 30;
    /// <summary><c>Usage__HopsKeptDays</c>: how long hop timings are kept; 1 to 3,650 days, default 90.</summary>
    public int HopsKeptDays { get; init; } = 90;
    /// <summary><c>Usage__EventReads</c>: questions that no rollup answers, read from events at once on this node; 1 to 16, default 2.</summary>
    public int EventReads { get; init; } = 2;
    /// <summary><c>Usage__EventReadSeconds</c>: how long one of them may read; 1 to 300 seconds, default 10.</summary>
    public int EventReadSeconds { get; init; } = 10;

    public static UsageOptions Read(Settings settings) => new()
    {
        QueueCapacity = settings.Number("Usage:QueueCapacity", 50_000, 1_000, 1_000_000),
        GroupSize = settings.Number("Usage:GroupSize", 5_000, 1, 50_000),
        Writers = settings.Number("Usage:Writers", 2, 1, 16),
        RejectionsKeptDays = settings.Number("Usage:RejectionsKeptDays", 30, 1, 3_650),
        HopsKeptDays = settings.Number("Usage:HopsKeptDays", 90, 1, 3_650),
        EventReads = settings.Number("Usage:EventReads", 2, 1, 16),
        EventReadSeconds = settings.Number("Usage:EventReadSeconds", 10, 1, 300),
    };
}
