using System.Threading.Channels;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;
using AgentConsole.Usage;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Counts what the ledger takes in: an event settles the hold of its id, takes the place of what its sender settled, or is added; one that was denied is no request. It follows the commit and never holds it up; while the
/// counters are away it waits for them, and what is too much for its queue is left to the check.
/// </summary>
internal sealed partial class CountUsage(TakenUsage taken, CurrentLimits current, ICounters counters, CheckSoon soon, LimiterState state, ILogger<CountUsage> logger) : LastingService(logger)
{
    private const int MostBatches = 2_000;
    private const int AtOnce = 16;
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(250);

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
        await counters.CountAsync(usage.TenantId, usage.Id, Counts(limits, subject, usage.OccurredAt, new(usage.Tokens.Total, LimitAmount.OfMoney(usage.Cost ?? 0), usage.Status == UsageStatus.Denied ? 0 : 1)), isEvent: true);
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

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        await foreach (var events in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await CountAsync(events, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(Log, error, events.Count);
                Miss(events);
            }
        }
    }

    /// <summary>Until they are counted. A memory that is new learns of them from the ledger.</summary>
    private async Task CountAsync(IReadOnlyList<UsageEvent> events, CancellationToken stoppingToken)
    {
        for (var memory = state.Memory; state.Memory == memory; await Task.Delay(TryAgain, TimeProvider.System, stoppingToken))
        {
            try
            {
                await Parallel.ForEachAsync(events, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (usage, _) => await CountAsync(usage));
                return;
            }
            catch (CountersAwayException)
            {
            }
        }
        Miss(events);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} usage events were not counted; the check counts them")]
    private static partial void LogFailed(ILogger logger, Exception error, int count);
}
