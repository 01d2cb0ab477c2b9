using System.Collections.Concurrent;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Each second, and four times as often while they are away: sees whether the counters are there and what they remember. When they are back it first counts what was settled meanwhile, and has
/// every tenant compared with the ledger; then it loads what they do not know. Beside it checks those that were just loaded, or that missed something.
/// </summary>
internal sealed partial class KeepCounters(
    ICounters counters, CurrentLimits current, LoadCounters load, CheckCounters check, CheckSoon soon, LateCounts late, LimiterState state, TimeProvider time, ILogger<KeepCounters> logger) : LastingService(logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileAway = TimeSpan.FromMilliseconds(250);

    /// <summary>Tenants that are loaded at once.</summary>
    private const int LoadsAtOnce = 4;

    /// <summary>Tenants that are checked at once; each waits most of its time.</summary>
    private const int ChecksAtOnce = 32;

    /// <summary>Could not be compared yet: as the counters are away, or were repaired meanwhile.</summary>
    private readonly ConcurrentDictionary<string, bool> _again = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var memory = await counters.MemoryAsync();
        var isBack = state.Saw(memory, time.GetUtcNow());
        if (memory is null) return;
        await late.CountAllAsync(cancellationToken);
        foreach (var tenant in _again.Keys)
            if (_again.TryRemove(tenant, out _)) soon.Ask(tenant);
        if (isBack)
            foreach (var tenant in current.Book.Tenants.Union(load.Tenants)) soon.Ask(tenant);
        var waiting = current.Book.Tenants.Where(tenant => !load.IsLoaded(tenant, memory.Name));
        await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = LoadsAtOnce, CancellationToken = cancellationToken }, async (tenant, stop) => await load.EnsureAsync(tenant, stop));
    }

    protected override Task WorkAsync(CancellationToken stoppingToken) => Task.WhenAll(KeepAsync(stoppingToken), CheckAsync(stoppingToken));

    private Task CheckAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        soon.ReadAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = ChecksAtOnce, CancellationToken = stoppingToken }, async (tenant, stop) => await CheckAsync(tenant, stop));

    private async Task CheckAsync(string tenant, CancellationToken stoppingToken)
    {
        try
        {
            if (!await check.ExecuteAsync(tenant, stoppingToken) && load.HasLimits(tenant)) _again[tenant] = true;
        }
        catch (CountersAwayException)
        {
            _again[tenant] = true;
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotChecked(Log, error, tenant);
        }
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(Log, error);
            }
            await Task.Delay(state.IsAway ? WhileAway : Every, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The counters could not be looked after; it is tried again in a second")]
    private static partial void LogFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The counters of tenant {Tenant} could not be compared with the ledger; the job does so within a minute")]
    private static partial void LogNotChecked(ILogger logger, Exception error, string tenant);
}
