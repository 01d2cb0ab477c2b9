using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace AgentConsole.Bench.Hosting;

/// <summary>Follows the managed heap of another .NET process by its own counters.</summary>
internal sealed class HeapCounter : IAsyncDisposable
{
    private const int IntervalSeconds = 5;

    private readonly EventPipeSession _session;
    private readonly Task _reading;
    private double _megabytes;

    public HeapCounter(int processId)
    {
        var counters = new EventPipeProvider("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = $"{IntervalSeconds}" });
        _session = new DiagnosticsClient(processId).StartEventPipeSession([counters], requestRundown: false);
        _reading = Task.Run(Read);
    }

    /// <summary>As last told; 0 until then.</summary>
    public double Megabytes => Volatile.Read(ref _megabytes);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _session.StopAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is ServerNotAvailableException or IOException or EndOfStreamException)
        {
            // The process is gone, and with it the session.
        }
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _session.Dispose();
    }

    private void Read()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        source.Dynamic.All += found =>
        {
            if (found.EventName == "EventCounters"
                && found.PayloadByName("") is IDictionary<string, object> { } wrapper && wrapper.TryGetValue("Payload", out var inner)
                && inner is IDictionary<string, object> counter && counter.TryGetValue("Name", out var name) && name is "gc-heap-size")
                Volatile.Write(ref _megabytes, Convert.ToDouble(counter["Mean"], System.Globalization.CultureInfo.InvariantCulture));
        };
        source.Process();
    }
}
