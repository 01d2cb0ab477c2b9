using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>Which tenants there are, whether they are active and what they spend.</summary>
public sealed partial class TenantsPage
{
    internal const string Create = "create";
    private const int PageSize = 100;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private TenantQueries Tenants { get; set; } = null!;
    [Inject] private SharedBreakdowns Usage { get; set; } = null!;

    private bool IsCreating => Url["tab"] == Create && Data is { MayCreate: true };

    protected override IReadOnlyList<string> ListensTo => [Topics.Access, .. Topics.Usage(Frame.Reach)];

    protected override bool Owns(PageUrl url) => url.Path == Links.Tenants;

    protected override async Task<TenantsView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, caller, now) = (Url, await Caller.ReadAsync(), Clock.GetUtcNow());
        bool? suspended = url["status"] switch { "active" => false, "suspended" => true, _ => null };
        var page = await Tenants.ListAsync(Frame.Reach, new(url.Text("search")?.Replace("\0", "", StringComparison.Ordinal), suspended, url.Text("cursor"), PageSize), cancellationToken);
        string[] shown = [.. page.Items.Select(static tenant => tenant.TenantId).Where(tenant => caller.Can(Permission.ReadUsage, tenant))];
        var spend = await TenantSpend.MonthAsync(Usage, caller.ReachOf(Permission.ReadUsage), shown, now, cancellationToken);
        return new(page, spend, caller.CanOnPlatform(Permission.ManageTenants), now);
    }
}
