namespace AgentConsole.Platform.Live;

/// <summary>Tells that something changed, without saying what: the listener reads what it shows.</summary>
public interface IChangeFeed
{
    /// <summary>Signals a topic; never blocks and never fails its caller.</summary>
    void Signal(string topic);

    /// <summary>Calls <paramref name="onChange"/> after a signal on the topic, at most once per <paramref name="throttle"/> and less often where very many listen, never twice at a time. Dispose to stop.</summary>
    IDisposable Subscribe(string topic, TimeSpan throttle, Func<CancellationToken, Task> onChange);
}
