using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>A tile of a dashboard: the explorer in little.</summary>
public sealed partial class UsageTile
{
    /// <summary>In the address: <c>look=number</c> shows the total alone.</summary>
    public const string LookParameter = "look";
    public const string NumberLook = "number";

    private const int MostRows = 8;

    /// <summary>What no rollup knows is not read again and again because somebody has a dashboard open.</summary>
    private static readonly TimeSpan EventsKept = TimeSpan.FromMinutes(5);

    private ExplorerReader? reader;
    private ChartModel? model;
    private ExplorerData? drawn;

    [Parameter] public string Title { get; set; } = "";
    [Inject] private SharedExplorations Explorations { get; set; } = null!;
    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;
    [Inject] private MonthForecasts Forecasts { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SeriesColours Colours { get; set; } = null!;

    private bool IsNumber => Url.Text(LookParameter) == NumberLook;

    private string Explorer => Url.Without(LookParameter).ToString();

    protected override async Task<ExplorerData> PullAsync(CancellationToken cancellationToken)
    {
        var (url, view) = (Url, ExplorerView.Read(Frame, Clock.GetUtcNow()));
        if (ChangedAt is { } changed && Data is { } shown && shown.Url == url && view.Ask().ReadsEvents && (shown.Refused is not null || changed - shown.Now?.CompleteTo < EventsKept)) return shown;
        reader ??= new(Explorations, Breakdowns, Forecasts, Queries, Frame.Reach);
        var data = await reader.ReadAsync(url, view, ChangedAt, false, null, cancellationToken);
        Draw(data);
        return data;
    }

    private void Draw(ExplorerData data)
    {
        if (ReferenceEquals(drawn, data)) return;
        (drawn, model) = (data, data.Now is { } now && data.View.Chart is not (ExplorerChart.Table or ExplorerChart.Pivot) ? ExplorerCharts.Build(data, now, Colours) : null);
    }

    private static IReadOnlyList<double> Spark(ExplorerData data, Exploration now) => data.View.IsOverTime
        ? [.. now.Over.Take(now.Buckets.TakeWhile(start => start < data.View.Range.End).Count()).Select(over => over is null ? 0 : Math.Max(0, (double)(data.View.Measure.Of(over) ?? 0)))]
        : [];

    private void Drill(ChartPoint point)
    {
        if (Data is { Now: { } now } data) Navigation.NavigateTo(ExplorerCharts.Drill(data.View, now, Url.Without(LookParameter), point).ToString());
    }

    /// <summary>Of all tiles: the range is the page's.</summary>
    private void Zoom(ChartStretch stretch)
    {
        if (Data is not { Now: { } now } data) return;
        var (from, to) = ExplorerCharts.Stretch(data.View, now, stretch);
        var page = PageUrl.Parse(Navigation.ToBaseRelativePath(Navigation.Uri));
        Navigation.NavigateTo(UsageLinks.Between(page, TimeZoneInfo.ConvertTime(from, data.View.Range.Zone), TimeZoneInfo.ConvertTime(to, data.View.Range.Zone)).ToString());
    }
}
