using AgentConsole.Latency;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest;

/// <summary>What one caller sent, on its way to the store; it is done when the store has committed it.</summary>
internal sealed class IngestBatch(IReadOnlyList<UsageEvent> events, IReadOnlyList<RejectedUsage> rejected, IReadOnlyList<HopTiming>? hops = null)
{
    private readonly TaskCompletionSource<Result<WrittenBatch>> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<UsageEvent> Events { get; } = events;

    public IReadOnlyList<RejectedUsage> Rejected { get; } = rejected;

    public IReadOnlyList<HopTiming> Hops { get; } = hops ?? [];

    public int Size => Events.Count + Rejected.Count + Hops.Count;

    /// <summary>What became of it, or why it is not known to be written.</summary>
    public Task<Result<WrittenBatch>> Written => _written.Task;

    public void Complete(Result<WrittenBatch> written) => _written.TrySetResult(written);

    /// <summary>Two smaller batches that are this one together; it holds at least two things.</summary>
    public (IngestBatch First, IngestBatch Second) Halves()
    {
        if (Events.Count > 1) return (new([.. Events.Take(Events.Count / 2)], []), new([.. Events.Skip(Events.Count / 2)], Rejected, Hops));
        if (Events.Count == 1) return (new(Events, []), new([], Rejected, Hops));
        if (Hops.Count > 1) return (new([], [], [.. Hops.Take(Hops.Count / 2)]), new([], Rejected, [.. Hops.Skip(Hops.Count / 2)]));
        if (Hops.Count == 1) return (new([], [], Hops), new([], Rejected));
        return (new([], [.. Rejected.Take(Rejected.Count / 2)]), new([], [.. Rejected.Skip(Rejected.Count / 2)]));
    }
}

/// <param name="Duplicates">How many of the events were there before.</param>
/// <param name="Refused">What PostgreSQL itself did not take; all else is written.</param>
internal sealed record WrittenBatch(int Duplicates, IReadOnlyList<RefusedItem> Refused);

/// <summary>An event or a hop that passed every check of ours and that the store refuses all the same.</summary>
internal sealed record RefusedItem(UsageEvent? Event, HopTiming? Hop, string Error);
