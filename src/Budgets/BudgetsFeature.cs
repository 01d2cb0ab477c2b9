using AgentConsole.Budgets.Api;
using AgentConsole.Budgets.Evaluation;
using AgentConsole.Budgets.Pages;
using AgentConsole.Jobs;
using AgentConsole.Platform.Data;

namespace AgentConsole.Budgets;

/// <summary>Money per period: summed, forecast, told of as it is used up.</summary>
public static class BudgetsFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [EvaluateBudgetsJob.Schedule];

    public static void AddBudgets(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<BudgetChanges>();
        services.AddSingleton<BudgetQueries>();
        services.AddSingleton<MeasureBudgets>();
        services.AddSingleton<EvaluateBudgets>();
        services.AddSingleton<PreviewBudget>();
        services.AddSingleton(static provider => new CreateBudget(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<BudgetChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new ChangeBudget(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<BudgetChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new RemoveBudget(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<BudgetChanges>()));
        services.AddBudgetsPages();
    }

    public static void MapBudgets(this IEndpointRouteBuilder app) => BudgetEndpoints.Map(app);
}
