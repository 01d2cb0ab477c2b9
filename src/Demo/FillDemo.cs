using AgentConsole.Demo.Traffic;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;

namespace AgentConsole.Demo;

/// <summary>
/// Stores the demo's last days, newest first so that pages are worth a look early. A day whose last request is stored is complete, for a day is sent in order;
/// any other is sent again whole, and the store ignores what it has.
/// </summary>
internal sealed partial class FillDemo(DemoOptions options, SendDemo send, UsageQueries usage, TimeProvider time, ILogger<FillDemo> logger)
{
    private const int Parallel = 2;
    private const int ProgressSteps = 20;

    /// <summary>Answers the requests of the days under way that lie ahead of now, in order of time.</summary>
    public async Task<IReadOnlyList<DemoEvent>> ExecuteAsync(DemoStories stories, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var days = Days(now);
        var progress = new Progress(days.Count, time.GetTimestamp());
        var ahead = new List<DemoEvent>[days.Count];
        LogStarted(logger, options.Days);
        await System.Threading.Tasks.Parallel.ForAsync(0, days.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (index, stop) =>
        {
            var (tenant, day) = days[index];
            var requests = DemoDay.Requests(tenant, day, stories, options.Seed);
            ahead[index] = [.. requests.Where(item => item.OccurredAt > now)];
            List<DemoEvent> due = [.. requests.Where(item => item.OccurredAt <= now)];
            var isStored = due.Count == 0 || await usage.FindRequestAsync(Reach.Platform, tenant.Id, due[^1].Id, UsageSources.Native, stop) is not null;
            if (!isStored) await send.ExecuteAsync(due, stop);
            Report(progress, isStored ? 0 : due.Count);
        });
        return [.. ahead.SelectMany(static requests => requests).OrderBy(static item => item.OccurredAt)];
    }

    private List<(DemoTenant Tenant, DateOnly Day)> Days(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return [.. Enumerable.Range(0, options.Days + 1).SelectMany(back => DemoTenants.All.Select(tenant => (tenant, today.AddDays(-back))))];
    }

    private void Report(Progress progress, int sent)
    {
        var done = Interlocked.Increment(ref progress.Done);
        var events = Interlocked.Add(ref progress.Events, sent);
        if (done * ProgressSteps / progress.Days == (done - 1) * ProgressSteps / progress.Days) return;
        var elapsed = time.GetElapsedTime(progress.Started);
        var left = elapsed * ((double)(progress.Days - done) / done);
        LogProgress(logger, done * 100 / progress.Days, events, events / Math.Max(0.001, elapsed.TotalSeconds), left.TotalSeconds);
    }

    /// <param name="days">How many tenant days there are.</param>
    /// <param name="started">A timestamp of the clock.</param>
    private sealed class Progress(int days, long started)
    {
        public int Days { get; } = days;
        public long Started { get; } = started;
        public int Done;
        public long Events;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo: filling in the last {Days} days")]
    private static partial void LogStarted(ILogger logger, int days);

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo: {Percent} %, {Events} requests stored, {Rate:N0} a second, about {Left:N0} s left")]
    private static partial void LogProgress(ILogger logger, int percent, long events, double rate, double left);
}
