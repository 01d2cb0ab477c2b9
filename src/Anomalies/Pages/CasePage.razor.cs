using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Anomalies.Pages;

/// <summary>One case: what it cost instead of what, why, whose it is, what people wrote down, and what can be done.</summary>
public sealed partial class CasePage
{
    /// <param name="Case">Null: there is none, or none for the visitor.</param>
    /// <param name="MayAct">Whether the visitor may take, note and close it; every deed asks again.</param>
    public sealed record View(CaseRow? Case, IReadOnlyList<CaseEntryRow> Entries, CaseExplanation? Explained, ChartModel? Chart, bool MayAct, DateTimeOffset Now);

    [Parameter] public string Tenant { get; set; } = "";
    [Parameter] public string Id { get; set; } = "";

    [Inject] private CaseQueries Queries { get; set; } = null!;
    [Inject] private ExplainCase Explain { get; set; } = null!;
    [Inject] private CurrentCaller Caller { get; set; } = null!;

    private string Path => Links.Case(Tenant, Id);

    private string Address => Navigation.ToAbsoluteUri($"{Path}?tenant={Uri.EscapeDataString(Tenant)}").ToString();

    protected override IReadOnlyList<string> ListensTo => Topics.CasesOf(Frame.Reach.Within(Tenant));

    protected override bool Owns(PageUrl url) => Links.Owns(url, Path);

    protected override async Task<View> PullAsync(CancellationToken cancellationToken)
    {
        var (reach, now) = (Frame.Reach.Within(Tenant), Clock.GetUtcNow());
        if (!Guid.TryParse(Id, out var id) || await Queries.FindAsync(reach, Tenant, id, cancellationToken) is not var (one, entries)) return new(null, [], null, null, false, now);
        var explained = await Explain.ReadAsync(reach, one, cancellationToken);
        var curve = await Explain.ReadCurveAsync(reach, one, cancellationToken);
        return new(one, entries, explained, CaseChart.Draw(curve, Frame.Zone), CaseChanges.May(await Caller.ReadAsync(), Tenant), now);
    }

    private static string Subject(CaseRow one) => one.Subject.Of == CaseOf.Tenant ? one.Tenant : one.Subject.Name;
}
