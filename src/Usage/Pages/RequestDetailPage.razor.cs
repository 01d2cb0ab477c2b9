using AgentConsole.Pricing;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>One request: what it cost and why.</summary>
public sealed partial class RequestDetailPage
{
    [Parameter] public string Tenant { get; set; } = "";
    [Parameter] public string Id { get; set; } = "";

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private CurrentPrices Prices { get; set; } = null!;

    private string Address => Navigation.ToAbsoluteUri(Links.Request(Tenant, Id)).ToString();

    /// <summary>A request does not change after it is written, but for re-pricing.</summary>
    protected override bool Follows => false;

    protected override bool Owns(PageUrl url) => Uri.UnescapeDataString(url.Path) == Uri.UnescapeDataString(Links.Request(Tenant, Id));

    protected override async Task<RequestDetail> PullAsync(CancellationToken cancellationToken)
    {
        var usage = await Queries.FindRequestAsync(Frame.Reach, Tenant, Id, Url.Text("source"), cancellationToken);
        return usage is null ? new(null, new Receipt()) : new(usage, Prices.Book.Explain(usage.ToConsumption(), usage.PriceId));
    }
}
