using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace AgentConsole.Bench.Hosting;

/// <summary>What another .NET process still holds after a full collection, which it is told to make: memory in use, without what is only not yet collected.</summary>
internal static class LiveHeap
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static async Task<double> MegabytesAsync(int processId, CancellationToken cancellationToken)
    {
        const long collect = (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect);
        using var session = new DiagnosticsClient(processId).StartEventPipeSession([new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, collect)], requestRundown: false);
        var told = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
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

    private static void Read(Stream events, TaskCompletionSource<double> told)
    {
        using var source = new EventPipeEventSource(events);
        var isFull = false;
        source.Clr.GCStart += start => isFull |= start is { Depth: 2, Reason: GCReason.Induced or GCReason.InducedNotForced or GCReason.InducedCompacting };
        source.Clr.GCHeapStats += stats =>
        {
            if (isFull) told.TrySetResult(stats.TotalHeapSize / 1024.0 / 1024);
        };
        source.Process();
    }
}
