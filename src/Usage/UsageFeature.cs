using AgentConsole.Access;
using AgentConsole.Jobs;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage.Api;
using AgentConsole.Usage.Contents;
using AgentConsole.Usage.Exports;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Pages;
using AgentConsole.Usage.Repricing;
using AgentConsole.Usage.Retention;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage;

/// <summary>Usage in, kept, summed and read.</summary>
public static class UsageFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [MaintainUsageJob.Schedule, ReconcileUsageJob.Schedule];

    public static void AddUsage(this IHostApplicationBuilder builder, UsageOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<UsagePartitions>();
        services.AddSingleton<LedgerTransaction>();
        services.AddSingleton<WriteInParts>();
        services.AddSingleton<UsageWriter>();
        services.AddHostedService(static provider => provider.GetRequiredService<UsageWriter>());
        services.AddSingleton(static provider => new IngestUsage(
            provider.GetRequiredService<UsageWriter>(), provider.GetRequiredService<CurrentPrices>(), provider.GetRequiredService<CurrentAccess>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RollUpUsage>();
        services.AddHostedService(static provider => provider.GetRequiredService<RollUpUsage>());
        services.AddSingleton<ContentQueries>();
        services.AddSingleton<RevealContent>();
        services.AddSingleton<DeleteContents>();
        services.AddSingleton<ExpireContents>();
        services.AddSingleton<ExpireEvents>();
        services.AddSingleton(static _ => new KeptSums());
        services.AddSingleton(static provider => new UsageQueries(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<Contexts>(), provider.GetRequiredService<KeptSums>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TakenUsage>();
        services.AddSingleton<SessionSums>();
        services.AddSingleton<SessionQueries>();
        services.AddSingleton<SubjectQueries>();
        services.AddSingleton<SharedBreakdowns>();
        services.AddSingleton<SharedRequests>();
        services.AddSingleton<EventReads>();
        services.AddSingleton(static provider => new ExplorerQueries(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<CurrentPrices>(), provider.GetRequiredService<EventReads>(), provider.GetRequiredService<KeptSums>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SharedExplorations>();
        services.AddSingleton<LiveTail>();
        services.AddSingleton<MonthForecasts>();
        services.AddSingleton<IngestionQueries>();
        services.AddSingleton<FocusReader>();
        services.AddSingleton<CorrectionReader>();
        services.AddSingleton<ReconcileUsage>();
        services.AddSingleton<CompareInvoice>();
        services.AddSingleton<ReconciliationQueries>();
        services.AddSingleton<MoneyQueries>();
        services.AddSingleton<RepriceUsage>();
        services.AddSingleton<RepriceWorker>();
        services.AddHostedService(static provider => provider.GetRequiredService<RepriceWorker>());
        services.AddUsagePages();
    }

    public static void MapUsage(this IEndpointRouteBuilder app)
    {
        IngestEndpoints.Map(app);
        UsageEndpoints.Map(app);
        ContentEndpoints.Map(app);
        ExportEndpoints.Map(app);
    }
}
