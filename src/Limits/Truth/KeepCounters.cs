using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits.Truth;

/// <summary>Each second: sees whether the counters are there and what they remember, and loads what they do not. Beside it checks those that were just loaded, or that missed something.</summary>
internal sealed partial class KeepCounters(ICounters counters, CurrentLimits current, LoadCounters load, CheckCounters check, CheckSoon soon, LimiterState state, TimeProvider time, ILogger<KeepCounters> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Tenants that are loaded at once.</summary>
    private const int AtOnce = 4;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var memory = await counters.MemoryAsync();
        state.Saw(memory, time.GetUtcNow());
        if (memory is null) return;
        var waiting = current.Book.Tenants.Where(tenant => !load.IsLoaded(tenant, memory.Name));
        await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (tenant, stop) => await load.EnsureAsync(tenant, stop));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(KeepAsync(stoppingToken), CheckAsync(stoppingToken));

    private Task CheckAsync(CancellationToken stoppingToken) =>
        Parallel.ForEachAsync(soon.ReadAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (tenant, stop) =>
        {
            try
            {
                await check.ExecuteAsync(tenant, stop);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error);
            }
        });

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The counters could not be looked after; it is tried again in a second")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
