namespace AgentConsole.Platform.Live;

/// <summary>Tells that something changed, without saying what: the listener reads what it shows.</summary>
public interface IChangeFeed
{
    /// <summary>Signals a topic; never blocks and never fails its caller.</summary>
    void Signal(string topic);

    /// <summary>Calls <paramref name="onChange"/> after a signal on the topic, at most once per <paramref name="throttle"/>, never twice at a time. Dispose to stop.</summary>
    IDisposable Subscribe(string topic, TimeSpan throttle, Func<CancellationToken, Task> onChange);
}

/// <summary>The names of what can change.</summary>
public static class Topics
{
    /// <summary>Usage of any tenant.</summary>
    public const string AllUsage = "usage";

    /// <summary>The price book, or a re-pricing under way.</summary>
    public const string Prices = "prices";

    public static string Usage(string tenant) => $"usage:{tenant}";
}
