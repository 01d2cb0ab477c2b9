using AgentConsole.Latency;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest;

/// <summary>What one caller sent, on its way to the store; it is done when the store has committed it.</summary>
internal sealed class IngestBatch(IReadOnlyList<UsageEvent> events, IReadOnlyList<RejectedUsage> rejected, IReadOnlyList<HopTiming>? hops = null)
{
    private readonly TaskCompletionSource<Result<int>> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<UsageEvent> Events { get; } = events;

    public IReadOnlyList<RejectedUsage> Rejected { get; } = rejected;

    public IReadOnlyList<HopTiming> Hops { get; } = hops ?? [];

    public int Size => Events.Count + Rejected.Count + Hops.Count;

    /// <summary>How many of the events were already there, or why it is not known to be written.</summary>
    public Task<Result<int>> Written => _written.Task;

    public void Complete(Result<int> duplicates) => _written.TrySetResult(duplicates);
}
