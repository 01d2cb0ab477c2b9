namespace AgentConsole.Demo;

/// <summary>Something to look at before the first real event: three tenants with a month behind them, their limits and budgets, and traffic from now on.</summary>
public static class DemoFeature
{
    public static void AddDemo(this IHostApplicationBuilder builder, DemoOptions options)
    {
        if (!options.Enabled) return;
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<SendDemo>();
        services.AddSingleton<FillDemo>();
        services.AddSingleton<SetDemoControls>();
        services.AddSingleton<AskLimits>();
        services.AddSingleton<LiveDemo>();
        services.AddHostedService<RunDemo>();
    }
}
