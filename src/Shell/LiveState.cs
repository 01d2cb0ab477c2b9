namespace AgentConsole.Shell;

/// <summary>Whether one visitor's pages follow along, and how fresh what they show is.</summary>
public sealed class LiveState
{
    private readonly List<Action> listeners = [];

    public bool Paused { get; private set; }

    /// <summary>Everything acknowledged before this is on the page; null when the page shows nothing live.</summary>
    public DateTimeOffset? CompleteTo { get; private set; }

    /// <summary>The last refresh failed, so the page shows older data.</summary>
    public bool Stale { get; private set; }

    public void Toggle()
    {
        Paused = !Paused;
        Tell();
    }

    public void Report(DateTimeOffset? completeTo, bool stale)
    {
        if (CompleteTo == completeTo && Stale == stale)
            return;
        (CompleteTo, Stale) = (completeTo, stale);
        Tell();
    }

    /// <summary>Called on the visitor's own renderer, after any change. Dispose to stop.</summary>
    public IDisposable Subscribe(Action listener)
    {
        listeners.Add(listener);
        return new Subscription(() => listeners.Remove(listener));
    }

    private void Tell()
    {
        foreach (var listener in listeners.ToArray())
            listener();
    }

    private sealed class Subscription(Action stop) : IDisposable
    {
        public void Dispose() => stop();
    }
}
