using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Pricing.Api;
using AgentConsole.Pricing.Pages;

namespace AgentConsole.Pricing;

/// <summary>Dated prices, and what a request costs by them.</summary>
public static class PricingFeature
{
    public static void AddPricing(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CurrentPrices>();
        services.AddSingleton<PriceStore>();
        services.AddSingleton<FollowPrices>();
        services.AddHostedService(static provider => provider.GetRequiredService<FollowPrices>());
        services.AddSingleton(static provider => new PriceQueries(
            provider.GetRequiredService<CurrentPrices>(), provider.GetRequiredService<PriceStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new ImportPrices(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PriceStore>(), provider.GetRequiredService<FollowPrices>(),
            provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<IChangeFeed>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new AddPrice(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PriceStore>(), provider.GetRequiredService<CurrentPrices>(), provider.GetRequiredService<FollowPrices>(),
            provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<IChangeFeed>(), provider.GetRequiredService<TimeProvider>()));
        services.AddPricingPages();
    }

    /// <summary>Before the app listens: the first event is priced by the stored prices, too.</summary>
    public static Task LoadPricesAsync(this IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<FollowPrices>().RefreshAsync(cancellationToken);

    public static void MapPricing(this IEndpointRouteBuilder app) => PriceEndpoints.Map(app);
}
