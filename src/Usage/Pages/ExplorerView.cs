using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Pages;

/// <summary>How the explorer draws; by name in the URL's <c>chart</c>.</summary>
public enum ExplorerChart { Area, Bar, Line, HeatMap, Treemap, Table, Pivot }

/// <summary>What the explorer compares with; by name in the URL's <c>compare</c>.</summary>
public enum ExplorerCompare { None, Previous, Weekday }

/// <summary>What the explorer shows, read from its URL in the names of the API.</summary>
/// <param name="GroupBy">One or two.</param>
/// <param name="Named">Whether the URL asks for the comparison, or it is there because it is cheap.</param>
public sealed record ExplorerView(
    TimeRange Range, Grain Grain, IReadOnlyList<Facet> GroupBy, UsageFilter Filter, Measure Measure, ExplorerChart Chart, ExplorerCompare Compare, bool Named, string? Sort)
{
    /// <summary>Series with a colour of their own.</summary>
    public const int Top = 7;

    private const int MostFacets = 2;

    public static readonly IReadOnlyList<ExplorerChart> Charts = Enum.GetValues<ExplorerChart>();

    public static ExplorerView Read(Frame frame, DateTimeOffset now)
    {
        var (url, range) = (frame.Url, frame.Range(now));
        var groupBy = (url.Text("groupBy") ?? "").Split(',').Select(Facet.Parse).OfType<Facet>().Distinct().Take(MostFacets).ToList();
        if (groupBy.Count == 0) groupBy.Add(Dimension.Model);
        var measure = MeasureTerms.Parse(url.Text("measure")) ?? Measure.Cost;
        var grain = UsageView.ReadGrain(url.Text("grain"), range.Length);
        var view = new ExplorerView(range, grain, groupBy, ReadFilter(url), measure, ExplorerChart.Line, ExplorerCompare.None, url.Text("compare") is not null, url.Text("sort"));
        return view.With(Parse<ExplorerChart>(url.Text("chart")), Parse<ExplorerCompare>(url.Text("compare")));
    }

    /// <summary>Every dimension and tag named in the URL; an empty value means "not set".</summary>
    public static UsageFilter ReadFilter(PageUrl url) => url.Parameters.Select(static parameter => Facet.TagKey(parameter.Name)).OfType<string>().Distinct().Select(Facet.OfTag)
        .Aggregate(UsageView.ReadFilter(url), (filter, tag) => filter.With(tag, [.. url.All(tag.Name).Distinct().Select(static value => value.Length == 0 ? null : value)]));

    public bool IsOverTime => Chart is ExplorerChart.Area or ExplorerChart.Bar or ExplorerChart.Line;

    public string GroupByName => string.Join(',', GroupBy.Select(static facet => facet.Name));

    public ExplorationQuery Ask() => Ask(Range);

    public ExplorationQuery Ask(TimeRange range) => ExplorationQuery.Of(
        new(range.From, range.To, range.Zone, Grain, GroupBy, Filter), Measure,
        IsOverTime ? ExplorationShape.OverTime : Chart == ExplorerChart.HeatMap ? ExplorationShape.HourOfWeek : ExplorationShape.Whole, Top);

    /// <summary>Why a chart cannot show this; null when it can.</summary>
    public string? WhyNot(ExplorerChart chart) => chart switch
    {
        ExplorerChart.Area when !Measure.Stacks() => $"{Measure.Label()} does not add up to a whole that areas could fill",
        ExplorerChart.Treemap when !Measure.Stacks() => $"{Measure.Label()} does not add up to a whole that tiles could fill",
        ExplorerChart.HeatMap when Range.Length > ExplorationQuery.LongestOfHours => "The range is too long for hours",
        ExplorerChart.Pivot when GroupBy.Count < MostFacets => "It needs a second dimension",
        _ => null,
    };

    /// <summary>The range compared with, and what it is called; null when there is no comparison.</summary>
    public (TimeRange Range, string Words)? Against() => Compare switch
    {
        ExplorerCompare.None => null,
        ExplorerCompare.Previous => (Range.Previous(), Range.PreviousWords),
        ExplorerCompare.Weekday => (Range with { From = Back(Range.From), To = Back(Range.Cut), Preset = null }, Weeks == 1 ? "the same weekdays a week before" : $"the same weekdays {Weeks} weeks before"),
        _ => throw new InvalidOperationException($"Unknown comparison {Compare}."),
    };

    /// <summary>The same local time on the same weekday, before the range.</summary>
    public DateTime Back(DateTime local) => local.AddDays(-7 * Weeks);

    private int Weeks => Math.Max(1, (int)Math.Ceiling((Local(Range.To) - Local(Range.From)).TotalDays / 7));

    private DateTimeOffset Back(DateTimeOffset at)
    {
        var local = Back(Local(at));
        return Range.Zone.IsInvalidTime(local) ? new(local, Range.Zone.BaseUtcOffset) : new(local, Range.Zone.GetUtcOffset(local));
    }

    private DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Range.Zone).DateTime;

    private ExplorerView With(ExplorerChart? chart, ExplorerCompare? compare)
    {
        var usual = !Measure.IsAdditive() ? ExplorerChart.Line : Measure.Stacks() && Range.Length / Width > ChartModel.MostBars ? ExplorerChart.Area : ExplorerChart.Bar;
        var named = chart is not { } asked ? usual : WhyNot(asked) is null ? asked : asked is ExplorerChart.Pivot or ExplorerChart.Treemap ? ExplorerChart.Table : usual;
        var view = this with { Chart = named };
        return view with { Compare = compare ?? (view.Ask().ReadsEvents ? ExplorerCompare.None : ExplorerCompare.Previous) };
    }

    private TimeSpan Width => Grain switch
    {
        Grain.QuarterHour => TimeSpan.FromMinutes(15),
        Grain.Hour => TimeSpan.FromHours(1),
        Grain.Day => TimeSpan.FromDays(1),
        Grain.Week => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(28),
    };

    private static T? Parse<T>(string? name) where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? Enum.Parse<T>(found) : null;
}
