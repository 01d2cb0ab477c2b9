namespace AgentConsole.Demo;

/// <summary>Something to look at before the first real event: three tenants with a month behind them, and traffic from now on.</summary>
public static class DemoFeature
{
    public static void AddDemo(this IHostApplicationBuilder builder, DemoOptions options)
    {
        if (!options.Enabled) return;
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<SendDemo>();
        services.AddSingleton<FillDemo>();
        services.AddSingleton<LiveDemo>();
        services.AddHostedService<RunDemo>();
    }
}
