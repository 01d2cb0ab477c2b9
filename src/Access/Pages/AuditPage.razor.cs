using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>What was done in the console, by whom: searched, looked into, verified and exported.</summary>
public sealed partial class AuditPage
{
    private string _search = "";

    [Inject] private AuditQueries Queries { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => Topics.Audit(Frame.Reach);

    private IEnumerable<(string Name, string Value)> Chips =>
        AuditView.Filters.Where(name => Url.Text(name) is not null).Select(name => (name, Url.Text(name)!));

    protected override bool Owns(PageUrl url) => url.Path == Links.Audit;

    protected override async Task<AuditView> PullAsync(CancellationToken cancellationToken)
    {
        var range = Frame.Range(Clock.GetUtcNow());
        var filter = AuditView.ReadFilter(Url, range);
        var cursor = Url.Text("cursor") is { } text && AuditQueries.IsCursor(text) ? text : null;
        return new(range, filter, await Queries.ListAsync(Frame.Reach, filter, cursor, AuditView.PageSize, cancellationToken));
    }

    private void Search()
    {
        var url = Url.Without("search", "cursor", "entry");
        Navigation.NavigateTo((_search.Trim() is { Length: > 0 } text ? url.With("search", text) : url).ToString());
        _search = "";
    }

    /// <summary>The same range and filters, and all their entries.</summary>
    private string Export(AuditView view) =>
        Url.Without("range", "cursor", "entry").With("from", Format.Iso(view.Filter.From)).With("to", Format.Iso(view.Filter.To)).With("tz", Frame.Zone.Id).Carry("/export/audit.csv").ToString();
}
