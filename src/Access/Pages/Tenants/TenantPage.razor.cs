using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>One tenant: what it spends, its settings, and whether anything is taken in for it.</summary>
public sealed partial class TenantPage
{
    /// <param name="View">Null when there is no such tenant, or none for the visitor.</param>
    public sealed record Found(TenantView? View);

    [Parameter] public required string Id { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private TenantQueries Tenants { get; set; } = null!;
    [Inject] private SharedBreakdowns Usage { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => [Topics.Access, Topics.Usage(Id)];

    protected override bool Owns(PageUrl url) => Uri.UnescapeDataString(url.Path) == $"{Links.Tenants}/{Id}";

    protected override async Task<Found> PullAsync(CancellationToken cancellationToken)
    {
        var (id, caller, now) = (Id, await Caller.ReadAsync(), Clock.GetUtcNow());
        if (!Tenant.IsValidId(id) || await Tenants.FindAsync(Frame.Reach, id, cancellationToken) is not { } tenant) return new(View: null);
        var usage = caller.ReachOf(Permission.ReadUsage).Within(id);
        var month = await TenantSpend.MonthAsync(Usage, usage, [id], now, cancellationToken);
        var day = await TenantSpend.DayAsync(Usage, usage, id, now, cancellationToken);
        var keys = await Tenants.CountLiveKeysAsync(caller.ReachOf(Permission.ReadKeys).Within(id), id, cancellationToken);
        return new(new TenantView(
            tenant, month.GetValueOrDefault(id, Measures.Zero), day, keys, caller.Can(Permission.ManageTenant, id), caller.CanOnPlatform(Permission.ManageTenants), now) { MayView = caller.Can(Permission.ViewAs, id) });
    }

    private static string Spent(TenantView view) => view.Month.CostKnown ? Format.Money(view.Month.Cost) : "An unknown amount";

    private string Mine(string path) => Url.To(path).Without("tz").With("tenant", Id).ToString();
}
