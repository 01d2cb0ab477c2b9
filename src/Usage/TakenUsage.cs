using System.Collections.Immutable;

namespace AgentConsole.Usage;

/// <summary>Tells whoever follows which events a commit of this node was about; an event that was there before may be among them. What follows must not wait: ingestion does.</summary>
public sealed class TakenUsage
{
    private ImmutableArray<Action<IReadOnlyList<UsageEvent>>> _followers = [];

    /// <summary>For the life of the app.</summary>
    public void Follow(Action<IReadOnlyList<UsageEvent>> taken) => ImmutableInterlocked.Update(ref _followers, static (all, one) => all.Add(one), taken);

    internal void Tell(IReadOnlyList<UsageEvent> events)
    {
        if (events.Count == 0) return;
        foreach (var follower in _followers) follower(events);
    }
}
