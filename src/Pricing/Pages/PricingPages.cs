using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Pricing.Pages;

public static class PricingPages
{
    /// <summary>The prices page's place in the rail.</summary>
    public static IServiceCollection AddPricingPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Platform, 50, "Prices", Links.Prices, "prices", Permission.ReadPrices.Policy()));
}
