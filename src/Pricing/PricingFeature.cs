namespace AgentConsole.Pricing;

/// <summary>Dated prices, and what a request costs by them.</summary>
public static class PricingFeature
{
    public static void AddPricing(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<CurrentPrices>();
}
