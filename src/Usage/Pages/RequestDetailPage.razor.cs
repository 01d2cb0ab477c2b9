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
    [Inject] private SessionQueries Sessions { get; set; } = null!;
    [Inject] private CurrentPrices Prices { get; set; } = null!;

    private string Name => Links.Value(Id);

    private string Address => Navigation.ToAbsoluteUri(Links.Request(Tenant, Name)).ToString();

    /// <summary>A request does not change after it is written, but for re-pricing.</summary>
    protected override bool Follows => false;

    protected override bool Owns(PageUrl url) => Links.Owns(url, Links.Request(Tenant, Name));

    protected override async Task<RequestDetail> PullAsync(CancellationToken cancellationToken)
    {
        var usage = await Queries.FindRequestAsync(Frame.Reach, Tenant, Name, Url.Text("source"), cancellationToken);
        var detail = RequestDetail.Of(usage, Prices.Book);
        return usage is null ? detail : detail with { Place = await Sessions.FindPlaceAsync(Frame.Reach, usage, cancellationToken) };
    }
}
