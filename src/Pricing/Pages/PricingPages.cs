using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Pricing.Pages;

public static class PricingPages
{
    /// <summary>The prices page's place in the rail.</summary>
    public static IServiceCollection AddPricingPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Platform, 50, "Prices", Links.Prices, "prices", Permission.ReadPrices.Policy()))
        .AddSingleton(new SearchAction(70, "Add a price", "new model cost", "prices", Permission.ManagePrices.Policy(), static frame => PriceTabs.To(frame.Url, PriceTabs.Add).ToString()));
}
