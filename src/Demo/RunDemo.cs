using AgentConsole.Access;
using AgentConsole.Anomalies;
using AgentConsole.Demo.Traffic;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;

namespace AgentConsole.Demo;

/// <summary>
/// 1. Goes on only if the store is empty or the demo's own; 2. names the tenants; 3. fills in what is missing of the last days; 4. sets limits, budgets, alert rules and a dashboard; 5. opens the cases of those days; 6. keeps traffic flowing.
/// The day the first tenant was made anchors the incidents, so a fill that was interrupted goes on where it stopped.
/// </summary>
internal sealed partial class RunDemo(
    DemoOptions options, TenantQueries tenants, CreateTenant createTenant, UsageQueries usage, FillDemo fill, SetDemoControls set, DetectAnomalies detect, LiveDemo live, TimeProvider time, ILogger<RunDemo> logger) : LastingService(logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(Log, error, RetryAfter);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await AnchorAsync(cancellationToken) is not { } anchor)
        {
            LogNotEmpty(Log);
            return;
        }
        var stories = new DemoStories(options.Seed, anchor);
        var ahead = await fill.ExecuteAsync(stories, cancellationToken);
        await set.ExecuteAsync(cancellationToken);
        await detect.ExecuteAsync(isSettled: true, cancellationToken);
        await live.ExecuteAsync(stories, ahead, cancellationToken);
    }

    /// <summary>The day the demo began; null when the store holds someone else's data.</summary>
    private async Task<DateOnly?> AnchorAsync(CancellationToken cancellationToken)
    {
        var first = DemoTenants.All[0];
        if (await tenants.FindAsync(Reach.Platform, first.Id, cancellationToken) is null && await usage.HasEventsAsync(Reach.Platform, cancellationToken)) return null;
        foreach (var tenant in DemoTenants.All)
        {
            if (await tenants.FindAsync(Reach.Platform, tenant.Id, cancellationToken) is not null) continue;
            var saved = await createTenant.ExecuteAsync(tenant.Id, tenant.Name, tenant.TimeZone, Caller.System, cancellationToken);
            if (!saved.Ok) throw new InvalidOperationException(saved.Error.Message);
        }
        var began = await tenants.FindAsync(Reach.Platform, first.Id, cancellationToken);
        return began is null ? null : DateOnly.FromDateTime(began.CreatedAt.UtcDateTime);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The store holds usage that is not the demo's; the demo stays off")]
    private static partial void LogNotEmpty(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The demo stopped; it goes on in {RetryAfter}")]
    private static partial void LogFailed(ILogger logger, Exception error, TimeSpan retryAfter);
}
