using AgentConsole.Demo.Traffic;

namespace AgentConsole.Demo;

/// <summary>Sends each day's requests as their time comes, with a pulse of small ones on top and a burst now and then, until the app stops. The pulse asks the limits first, as a gateway does.</summary>
internal sealed class LiveDemo(DemoOptions options, AskLimits limits, SendDemo send, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>In every so many seconds, the last few are a burst.</summary>
    private const int BurstEverySeconds = 180, BurstSeconds = 12, BurstFactor = 6;

    /// <param name="ahead">What is still to come of the days under way, in order of time.</param>
    public async Task ExecuteAsync(DemoStories stories, IReadOnlyList<DemoEvent> ahead, CancellationToken cancellationToken)
    {
        var planned = new Queue<DemoEvent>(ahead);
        var day = Today();
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (Today() != day) planned = new Queue<DemoEvent>(planned.Concat(DayOf(day = Today(), stories)).OrderBy(static item => item.OccurredAt));
            var now = time.GetUtcNow();
            List<DemoEvent> due = [.. Due(planned, now), .. await limits.ExecuteAsync(Pulse(stories, now), cancellationToken)];
            if (due.Count > 0) await send.ExecuteAsync(due, cancellationToken);
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private IEnumerable<DemoEvent> DayOf(DateOnly day, DemoStories stories) =>
        DemoTenants.All.SelectMany(tenant => DemoDay.Requests(tenant, day, stories, options.Seed));

    private static IEnumerable<DemoEvent> Due(Queue<DemoEvent> planned, DateTimeOffset now)
    {
        while (planned.TryPeek(out var next) && next.OccurredAt <= now)
            yield return planned.Dequeue();
    }

    private IEnumerable<DemoEvent> Pulse(DemoStories stories, DateTimeOffset now)
    {
        var random = DemoRandom.For(options.Seed, $"pulse/{now.UtcTicks}");
        var isBurst = now.ToUnixTimeSeconds() % BurstEverySeconds >= BurstEverySeconds - BurstSeconds;
        var count = random.Poisson(options.LivePerMinute / 60.0 * (isBurst ? BurstFactor : 1));
        for (var index = 0; index < count; index++)
        {
            var (tenant, activity) = random.Pick(DemoTenants.Pulse);
            var name = $"live-{now.UtcTicks}-{index:00}";
            yield return new DemoSession(tenant, activity, stories, random).Play(name, now)[0] with { Id = name };
        }
    }
}
