using AgentConsole.Access;
using AgentConsole.Budgets;
using AgentConsole.Jobs;
using AgentConsole.Limits.Api;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Pages;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Redis;
using AgentConsole.Usage;

namespace AgentConsole.Limits;

/// <summary>How much may be used: set by people, held to by <see cref="Limiter"/>, put right by the ledger.</summary>
public static class LimitsFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [EnforceUsageLimitsJob.Schedule];

    public static void AddLimits(this IHostApplicationBuilder builder, LimitsOptions options, PlatformOptions platform)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<CurrentLimits>();
        services.AddSingleton<FollowLimits>();
        services.AddHostedService(static provider => provider.GetRequiredService<FollowLimits>());
        services.AddSingleton<LimitChanges>();
        services.AddSingleton<LimitQueries>();
        services.AddSingleton<RefusalQueries>();
        services.AddSingleton<RecordRefusals>();
        services.AddHostedService(static provider => provider.GetRequiredService<RecordRefusals>());
        services.AddWrite(static (contexts, changes, time) => new CreateLimit(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new ChangeLimit(contexts, changes, time));
        services.AddWrite(static (contexts, changes, _) => new RemoveLimit(contexts, changes));
        services.AddWrite(static (contexts, changes, time) => new SaveLimits(contexts, changes, time));
        services.AddSingleton<IBlockSpending, BlockBudgets>();
        services.AddSingleton<DryRunLimit>();
        services.AddSingleton(static provider => new LimitUses(provider.GetRequiredService<ICounters>(), provider.GetRequiredService<CurrentLimits>()));
        services.AddLimitsPages();
        services.AddCounters(options, platform);
        services.AddTruth();
        services.AddSingleton(static provider => new Limiter(
            provider.GetRequiredService<ICounters>(), provider.GetRequiredService<CurrentLimits>(), provider.GetRequiredService<LoadCounters>(), provider.GetRequiredService<Settlements>(),
            provider.GetRequiredService<LateCounts>(), provider.GetRequiredService<LocalShare>(), provider.GetRequiredService<LimiterState>(), provider.GetRequiredService<RecordRefusals>(), provider.GetRequiredService<LimitsOptions>(), provider.GetRequiredService<TimeProvider>()));
    }

    public static void MapLimits(this IEndpointRouteBuilder app)
    {
        LimitEndpoints.Map(app);
        DecisionEndpoints.Map(app);
    }

    /// <summary>Before the app listens: the first request finds the limits.</summary>
    public static Task LoadLimitsAsync(this IServiceProvider services, CancellationToken cancellationToken) => services.GetRequiredService<FollowLimits>().RefreshAsync(cancellationToken);

    private static void AddCounters(this IServiceCollection services, LimitsOptions options, PlatformOptions platform)
    {
        var counters = new CountersOptions(options.Remember, options.MostHeld) { Patience = options.Patience };
        services.AddSingleton<LimiterState>();
        services.AddSingleton<LocalShare>();
        if (platform.Redis is null)
        {
            services.AddSingleton<ICounters>(provider => new LocalCounters(provider.GetRequiredService<TimeProvider>(), counters));
            return;
        }
        services.AddSingleton(provider => new RedisCounters(
            new CounterScripts(provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<TimeProvider>(), counters), counters, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisCounters>>()));
        services.AddSingleton<ICounters>(static provider => provider.GetRequiredService<RedisCounters>());
        services.AddHostedService(static provider => provider.GetRequiredService<RedisCounters>());
    }

    private static void AddTruth(this IServiceCollection services)
    {
        services.AddSingleton<LedgerSums>();
        services.AddSingleton<CheckSoon>();
        services.AddSingleton<LateCounts>();
        services.AddSingleton<LoadCounters>();
        services.AddSingleton<CheckCounters>();
        services.AddSingleton<EnforceUsageLimitsJob>();
        services.AddSingleton<Settlements>();
        services.AddHostedService(static provider => provider.GetRequiredService<Settlements>());
        services.AddSingleton<CountUsage>();
        services.AddHostedService(static provider => provider.GetRequiredService<CountUsage>());
        services.AddSingleton<KeepCounters>();
        services.AddHostedService(static provider => provider.GetRequiredService<KeepCounters>());
    }

    private static void AddWrite<T>(this IServiceCollection services, Func<Contexts, LimitChanges, TimeProvider, T> make) where T : class =>
        services.AddSingleton(provider => make(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<LimitChanges>(), provider.GetRequiredService<TimeProvider>()));
}
