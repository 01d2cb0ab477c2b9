using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Anomalies.Pages;

/// <summary>Unusual costs that someone looks into, or has.</summary>
public sealed partial class CasesPage
{
    public sealed record View(CaseList List, DateTimeOffset Now);

    [Inject] private CaseQueries Queries { get; set; } = null!;
    [Inject] private AnomaliesOptions Options { get; set; } = null!;

    private bool InClosed => Url["tab"] == CaseLinks.ClosedTab;

    private string Sort => Url.Text("sort") is { } sort && Sorts(sort) is not null ? sort : CaseLinks.DefaultSort;

    private int Skip => int.TryParse(Url["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out var skip) ? skip : 0;

    private string Looked => Data?.List.LookedTo is { } at ? $"Last looked at {Format.DateTime(at, Frame.Zone)}." : "Nothing was looked at yet: it needs a week of usage, and a node with the role Jobs.";

    protected override IReadOnlyList<string> ListensTo => Topics.CasesOf(Frame.Reach);

    protected override bool Owns(PageUrl url) => url.Path == Links.Cases;

    protected override async Task<View> PullAsync(CancellationToken cancellationToken)
    {
        var query = new CaseQuery(InClosed, Sorts(Sort)!.Value, !Sort.StartsWith('-'), Skip, CaseLinks.PageSize);
        return new(await Queries.ListAsync(Frame.Reach, query, cancellationToken), Clock.GetUtcNow());
    }

    private static CaseSort? Sorts(string sort) => sort.TrimStart('-') switch { "excess" => CaseSort.Excess, "began" => CaseSort.Began, "cost" => CaseSort.Cost, _ => null };
}
