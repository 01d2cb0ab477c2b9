using AgentConsole.AlertRules.Api;
using AgentConsole.AlertRules.Evaluation;
using AgentConsole.AlertRules.Pages;
using AgentConsole.Jobs;
using AgentConsole.Platform.Data;

namespace AgentConsole.AlertRules;

/// <summary>What tenants want to be told of: any measure of the explorer, and when it is wrong.</summary>
public static class AlertRulesFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [EvaluateRulesJob.Schedule];

    public static void AddAlertRules(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RuleChanges>();
        services.AddSingleton<RuleQueries>();
        services.AddSingleton<MeasureRule>();
        services.AddSingleton<EvaluateRules>();
        services.AddSingleton<BacktestRule>();
        services.AddSingleton(static provider => new SaveRule(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<RuleChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new RemoveRule(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<RuleChanges>()));
        services.AddAlertRulesPages();
    }

    public static void MapAlertRules(this IEndpointRouteBuilder app) => RuleEndpoints.Map(app);
}
