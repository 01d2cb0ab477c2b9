using System.Globalization;
using AgentConsole.Shell.Widgets;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies.Pages;

/// <summary>The cost against what was expected and what was the most of the weeks before: the space between those two is what is usual.</summary>
internal static class CaseChart
{
    private const int TicksWanted = 7;

    public static ChartModel Draw(CaseCurve curve, TimeZoneInfo zone)
    {
        var series = new List<ChartSeries> { new("cost", "Cost", "1", Values(curve.Cost)) };
        if (curve.Highest is { } highest) series.Add(new("highest", "Highest of the weeks before", "other", Values(highest)));
        var width = TimeSpan.FromMinutes(curve.Grain == Grain.Hour ? 60 : 15);
        var whole = curve.Starts.Count(start => start + width <= curve.Now);
        return new(Label(curve.Starts, zone), series, ChartUnit.Usd, whole < curve.Starts.Count ? whole : null)
        {
            Kind = ChartKind.Line,
            Stacked = false,
            Before = curve.Expected is { } expected ? new("expected", "Expected", "other", Values(expected)) : null,
        };
    }

    private static ChartBucket[] Label(IReadOnlyList<DateTimeOffset> starts, TimeZoneInfo zone)
    {
        var step = Math.Max(1, (int)Math.Ceiling(starts.Count / (double)TicksWanted));
        var isLong = starts[^1] - starts[0] > TimeSpan.FromHours(36);
        return [.. starts.Select((start, at) =>
        {
            var local = TimeZoneInfo.ConvertTime(start, zone);
            return new ChartBucket(at % step == 0 ? local.ToString(isLong ? "d MMM HH:mm" : "HH:mm", CultureInfo.InvariantCulture) : "", local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        })];
    }

    private static double?[] Values(IReadOnlyList<decimal> costs) => [.. costs.Select(static cost => (double?)cost)];
}
