using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace AgentConsole.Bench.Hosting;

/// <summary>What another .NET process still holds after a full collection, which it is told to make: memory in use, without what is only not yet collected.</summary>
/// <param name="LiveMegabytes">Of all objects that can be reached, counted one by one.</param>
/// <param name="HeapMegabytes">Of the heap, with the gaps that the collection left: it does not compact, and the app fills them again.</param>
internal sealed record LiveHeap(double LiveMegabytes, double HeapMegabytes)
{
    private const int BufferMegabytes = 1024;
    private const double Megabyte = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    public static async Task<LiveHeap> ReadAsync(int processId, CancellationToken cancellationToken)
    {
        const long walk = (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect | ClrTraceEventParser.Keywords.GCHeapDump);
        using var session = new DiagnosticsClient(processId).StartEventPipeSession([new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, walk)], requestRundown: false, BufferMegabytes);
        var told = new TaskCompletionSource<LiveHeap>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() => Read(session.EventStream, told), CancellationToken.None);
        try
        {
            return await told.Task.WaitAsync(Timeout, TimeProvider.System, cancellationToken);
        }
        finally
        {
            await session.StopAsync(CancellationToken.None);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The walk is over when the app goes on.</summary>
    private static void Read(Stream events, TaskCompletionSource<LiveHeap> told)
    {
        using var source = new EventPipeEventSource(events);
        var (isFull, live, heap, parts) = (false, 0L, 0L, 0);
        source.Clr.GCStart += start => isFull |= start is { Depth: 2, Reason: GCReason.Induced or GCReason.InducedNotForced or GCReason.InducedCompacting };
        source.Clr.GCBulkNode += nodes =>
        {
            if (nodes.Index != parts++) told.TrySetException(new InvalidOperationException("A part of the walk was lost."));
            for (var index = 0; index < nodes.Count; index++) live += (long)nodes.Values(index).Size;
        };
        source.Clr.GCHeapStats += stats => heap = stats.TotalHeapSize;
        source.Clr.GCRestartEEStop += _ =>
        {
            if (isFull && live > 0 && heap > 0) told.TrySetResult(new(live / Megabyte, heap / Megabyte));
        };
        source.Process();
    }
}
