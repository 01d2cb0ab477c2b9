using System.Globalization;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;

namespace AgentConsole.Usage.Pages;

/// <summary>The cost of a session so far, at each step of its time.</summary>
public static class SessionCurve
{
    private const int Ticks = 6;

    public static ChartModel Draw(UsageSession? session, TimeZoneInfo zone)
    {
        if (session is null) return new([], [], ChartUnit.Usd, null);
        var pattern = session.Length < TimeSpan.FromDays(1) ? "HH:mm:ss" : "d MMM HH:mm";
        var buckets = session.Curve.Select((point, at) => Bucket(TimeZoneInfo.ConvertTime(point.From, zone), pattern, at % (session.Curve.Count / Ticks) == 0));
        var soFar = 0m;
        double?[] values = session.Total.CostKnown ? [.. session.Curve.Select(point => (double?)(soFar += point.Cost))] : [.. session.Curve.Select(static _ => (double?)null)];
        return new([.. buckets], [new("cost", "cost so far", "8", values)], ChartUnit.Usd, null);
    }

    private static ChartBucket Bucket(DateTimeOffset at, string pattern, bool ticked) =>
        new(ticked ? at.ToString(pattern, CultureInfo.InvariantCulture) : "", $"from {at.ToString("d MMM HH:mm:ss zzz", CultureInfo.InvariantCulture)}");
}
