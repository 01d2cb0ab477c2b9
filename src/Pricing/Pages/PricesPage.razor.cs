using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Pricing.Pages;

/// <summary>The price book, what it lacks, and what a change of it does to history.</summary>
public sealed partial class PricesPage
{
    private const int PageSize = 100;
    private const int MostRuns = 20;

    private static readonly (string Name, string Label)[] Tabs =
        [(PriceTabs.List, "Price list"), (PriceTabs.Add, "Add a price"), (PriceTabs.Import, "Import"), (PriceTabs.Unpriced, "Unpriced"), (PriceTabs.Reprice, "Re-price")];

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private PriceQueries Prices { get; set; } = null!;
    [Inject] private MoneyQueries Money { get; set; } = null!;
    [Inject] private RepriceUsage Reprice { get; set; } = null!;

    private string Tab => PriceTabs.Of(Url);

    protected override IReadOnlyList<string> ListensTo => [Topics.Prices];

    protected override bool Owns(PageUrl url) => url.Path == Links.Prices;

    protected override async Task<PricesView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach, tab) = (Url, Frame.Reach, Tab);
        var range = Frame.Range(Clock.GetUtcNow());
        var list = tab == PriceTabs.List ? Prices.List(reach, new(null, null, url.Text("search"), url["retired"] == "true", url.Text("cursor"), PageSize)) : null;
        var runs = tab == PriceTabs.Reprice ? await Reprice.ListAsync(reach, MostRuns, cancellationToken) : null;
        return new(range, list, await Money.ListUnpricedAsync(reach, range.From, range.To, cancellationToken), runs, (await Caller.ReadAsync()).CanOnPlatform(Permission.ManagePrices));
    }

    private RepriceScope Scope(TimeRange range) => new(range.From, range.To, Frame.Tenant, Url.Text("provider"), Url.Text("model"));
}
