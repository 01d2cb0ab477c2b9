using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <param name="Days">Those that differ first.</param>
public sealed record Reconciled(IReadOnlyList<ReconciledDayRow> Days)
{
    public int Different => Days.Count(static day => day.Differences.Count > 0);

    public DateTimeOffset CheckedAt => Days.Max(static day => day.CheckedAt);
}

/// <summary>Whether the ledger and the rollups agree, and whether a provider's invoice agrees with the ledger.</summary>
public sealed partial class ReconciliationPage
{
    private const string InvoiceTab = "invoice";
    private const int MostDays = 500;
    private const int CompareDays = 7;

    private bool _comparing;

    [Inject] private ReconciliationQueries Queries { get; set; } = null!;
    [Inject] private ReconcileUsage Reconcile { get; set; } = null!;

    private bool InInvoice => Url["tab"] == InvoiceTab;

    protected override string Topic => ReconcileUsage.Topic;

    protected override bool Owns(PageUrl url) => url.Path == Links.Reconciliation;

    protected override async Task<Reconciled> PullAsync(CancellationToken cancellationToken) =>
        new(await Queries.ListAsync(Frame.Tenant, MostDays, cancellationToken));

    private async Task CompareAsync()
    {
        _comparing = true;
        try
        {
            await Reconcile.ExecuteAsync(CompareDays, CancellationToken.None);
            await ReloadAsync();
        }
        finally
        {
            _comparing = false;
        }
    }
}
