using System.Threading.Channels;

namespace AgentConsole.Limits.Truth;

/// <summary>Tenants whose counters are to be compared with the ledger before the job does: they were just loaded, or missed events. When too many wait, the job comes in time.</summary>
internal sealed class CheckSoon
{
    private const int Most = 10_000;

    private readonly Channel<string> _tenants = Channel.CreateBounded<string>(Most);
    private readonly HashSet<string> _waiting = [];

    public void Ask(string tenant)
    {
        lock (_waiting)
            if (_waiting.Add(tenant) && !_tenants.Writer.TryWrite(tenant)) _waiting.Remove(tenant);
    }

    public async IAsyncEnumerable<string> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var tenant in _tenants.Reader.ReadAllAsync(cancellationToken))
        {
            lock (_waiting) _waiting.Remove(tenant);
            yield return tenant;
        }
    }
}
