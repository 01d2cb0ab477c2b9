using System.Threading.Channels;
using AgentConsole.Limits.Counters;
using AgentConsole.Usage;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Counts what the ledger takes in: an event settles the hold of its id, takes the place of what its sender settled, or is added. It follows the commit and never holds it up; what is
/// too much for its queue, or comes while the counters are away, is left to the check.
/// </summary>
internal sealed class CountUsage(TakenUsage taken, CurrentLimits current, ICounters counters, CheckSoon soon, LimiterState state) : BackgroundService
{
    private const int MostBatches = 2_000;
    private const int AtOnce = 16;

    private readonly Channel<IReadOnlyList<UsageEvent>> _queue = Channel.CreateBounded<IReadOnlyList<UsageEvent>>(MostBatches);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        taken.Follow(events =>
        {
            if (!_queue.Writer.TryWrite(events)) Miss(events);
        });
        return base.StartAsync(cancellationToken);
    }

    public async Task CountAsync(UsageEvent usage)
    {
        var limits = current.Book.For(usage.TenantId);
        if (limits.IsEmpty) return;
        var subject = new LimitSubject(usage.TenantId, usage.Team, usage.User, usage.Key, usage.Model, usage.Provider, usage.Session);
        await counters.CountAsync(usage.TenantId, usage.Id, Counts(limits, subject, usage.OccurredAt, new(usage.Tokens.Total, LimitAmount.OfMoney(usage.Cost ?? 0))), isEvent: true);
    }

    /// <summary>A limit that is over by now is counted on all the same: what it counted must stay whole.</summary>
    public static List<MeterCount> Counts(TenantLimits limits, LimitSubject subject, DateTimeOffset at, RequestUse use) =>
        [.. limits.Plan(subject, at, DateTimeOffset.MinValue).Where(static meter => meter.First.Row.Measure != LimitMeasure.Concurrency)
            .Select(meter => new MeterCount(meter.Meter, meter.First.Kind, use.Of(meter.First.Row.Measure), meter.Window.IsSession ? MeterWindow.SessionSince(at) : meter.Window))];

    private void Miss(IReadOnlyList<UsageEvent> events)
    {
        state.Missed(events.Count);
        foreach (var tenant in events.Select(static usage => usage.TenantId).Distinct()) soon.Ask(tenant);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var events in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Parallel.ForEachAsync(events, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (usage, _) => await CountAsync(usage));
            }
            catch (CountersAwayException)
            {
                Miss(events);
            }
        }
    }
}
