using System.Security.Claims;
using AgentConsole.Platform.Http;

namespace AgentConsole.Shell;

/// <summary>How many consoles a member and an address have open: each costs memory for as long as it is.</summary>
internal sealed class CircuitSeats(EdgeOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    public bool HasFree(HttpContext context)
    {
        lock (_gate) return IsFree(context);
    }

    /// <summary>A seat until it is disposed; null when there is none.</summary>
    public IDisposable? Take(HttpContext context)
    {
        lock (_gate)
        {
            if (!IsFree(context)) return null;
            string[] keys = [.. Places(context).Select(static place => place.Key)];
            foreach (var key in keys) _taken[key] = _taken.GetValueOrDefault(key) + 1;
            return new Seat(this, keys);
        }
    }

    private bool IsFree(HttpContext context) => Places(context).All(place => _taken.GetValueOrDefault(place.Key) < place.Most);

    private IEnumerable<(string Key, int Most)> Places(HttpContext context)
    {
        if (context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } member) yield return ($"member {member}", options.CircuitsPerMember);
        yield return ($"address {context.Connection.RemoteIpAddress}", options.CircuitsPerAddress);
    }

    private void Leave(string[] keys)
    {
        lock (_gate)
            foreach (var key in keys)
                if (--_taken[key] == 0) _taken.Remove(key);
    }

    private sealed class Seat(CircuitSeats seats, string[] keys) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) seats.Leave(keys);
        }
    }
}
