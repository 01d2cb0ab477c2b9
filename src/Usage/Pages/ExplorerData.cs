using AgentConsole.Platform;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>Everything the explorer shows.</summary>
/// <param name="Now">Null when it was refused.</param>
/// <param name="Before">The same of the range compared with; null without a comparison.</param>
/// <param name="Comparison">Whether, and else why not, the two can be compared.</param>
/// <param name="FirstUse">When the data begins; null before there is any.</param>
/// <param name="HasEvents">False until the first event ever: the page then says how to send one.</param>
public sealed record ExplorerData(
    PageUrl Url, ExplorerView View, Exploration? Now, Exploration? Before, Comparison Comparison, MonthForecast? Forecast, DateTimeOffset? FirstUse, bool HasEvents, Error? Refused)
{
    public static ExplorerData Refuse(PageUrl url, ExplorerView view, Error why) => new(url, view, null, null, new Comparison("Not read"), null, null, true, why);

    /// <summary>Null where there is nothing to compare with.</summary>
    public Change? Change(Measure measure, Measures now, Measures? before)
    {
        if (!Comparison.IsKnown || before is null || View.Against() is not { } against) return null;
        return AgentConsole.Shell.Change.Between(measure.Of(now), measure.Of(before), size => Size(measure, size), against.Words, measure.LowerIsBetter());
    }

    /// <summary>Shares move by percentage points.</summary>
    private static string Size(Measure measure, decimal size) =>
        measure.Unit() == MeasureUnit.Share ? $"{(size * 100).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)} pp" : measure.WriteCompact(size);
}
