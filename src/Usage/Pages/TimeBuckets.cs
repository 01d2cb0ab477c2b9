using System.Collections.Concurrent;
using System.Globalization;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;

namespace AgentConsole.Usage.Pages;

/// <summary>The buckets of a range in a zone, with and without events: gaps stay gaps.</summary>
public static class TimeBuckets
{
    private const int TicksWanted = 7;
    /// <summary>A full house is emptied.</summary>
    private const int MostLabels = 100;

    private static readonly ConcurrentDictionary<(DateTimeOffset First, DateTimeOffset Last, int Count, string Zone, Grain Grain), IReadOnlyList<ChartBucket>> Labels = new();

    /// <summary>Starts of the buckets that meet [from, to), ascending.</summary>
    public static IReadOnlyList<DateTimeOffset> Between(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, Grain grain)
    {
        var starts = new List<DateTimeOffset>();
        for (var at = Floor(from, zone, grain); at < to && starts.Count <= UsageView.MostBuckets; at = Next(at, zone, grain))
            starts.Add(at);
        return starts;
    }

    public static DateTimeOffset Floor(DateTimeOffset at, TimeZoneInfo zone, Grain grain)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var date = DateOnly.FromDateTime(local.DateTime);
        return grain switch
        {
            Grain.QuarterHour => local.AddTicks(-(local.Ticks % TimeSpan.FromMinutes(15).Ticks)),
            Grain.Hour => local.AddTicks(-(local.Ticks % TimeSpan.TicksPerHour)),
            Grain.Day => TimeRange.Midnight(date, zone),
            Grain.Week => TimeRange.Midnight(date.AddDays(-(((int)date.DayOfWeek + 6) % 7)), zone),
            Grain.Month => TimeRange.Midnight(new(date.Year, date.Month, 1), zone),
            Grain.Total => at,
            _ => throw new ArgumentOutOfRangeException(nameof(grain)),
        };
    }

    /// <summary>The start of the bucket after this one.</summary>
    public static DateTimeOffset Next(DateTimeOffset start, TimeZoneInfo zone, Grain grain)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(start, zone).DateTime);
        return grain switch
        {
            Grain.QuarterHour => TimeZoneInfo.ConvertTime(start.AddMinutes(15), zone),
            Grain.Hour => TimeZoneInfo.ConvertTime(start.AddHours(1), zone),
            Grain.Day => TimeRange.Midnight(date.AddDays(1), zone),
            Grain.Week => TimeRange.Midnight(date.AddDays(7), zone),
            Grain.Month => TimeRange.Midnight(date.AddMonths(1), zone),
            Grain.Total => DateTimeOffset.MaxValue,
            _ => throw new ArgumentOutOfRangeException(nameof(grain)),
        };
    }

    /// <summary>A short label under every n-th bucket, a whole one for each.</summary>
    /// <remarks>Every chart of the same time has the same: they are made once.</remarks>
    public static IReadOnlyList<ChartBucket> Label(IReadOnlyList<DateTimeOffset> starts, TimeZoneInfo zone, Grain grain)
    {
        if (starts.Count == 0) return [];
        if (Labels.Count >= MostLabels) Labels.Clear();
        return Labels.GetOrAdd((starts[0], starts[^1], starts.Count, zone.Id, grain), _ => Write(starts, zone, grain));
    }

    private static IReadOnlyList<ChartBucket> Write(IReadOnlyList<DateTimeOffset> starts, TimeZoneInfo zone, Grain grain)
    {
        var locals = starts.Select(start => TimeZoneInfo.ConvertTime(start, zone)).ToList();
        var every = Every(locals, grain);
        return [.. locals.Select((local, index) => new ChartBucket(every(local, index) ? Tick(local, grain, starts.Count) : "", Title(local, grain)))];
    }

    /// <summary>Labels fall on midnights where there are enough of them.</summary>
    private static Func<DateTimeOffset, int, bool> Every(List<DateTimeOffset> locals, Grain grain)
    {
        var midnights = locals.Count(static local => local.TimeOfDay == TimeSpan.Zero);
        if (grain is Grain.Hour or Grain.QuarterHour && midnights >= 3)
            return static (local, _) => local.TimeOfDay == TimeSpan.Zero;
        var step = Math.Max(1, (int)Math.Ceiling(locals.Count / (double)TicksWanted));
        return (_, index) => index % step == 0;
    }

    private static string Tick(DateTimeOffset local, Grain grain, int count) => grain switch
    {
        Grain.Hour or Grain.QuarterHour when local.TimeOfDay != TimeSpan.Zero => local.ToString("HH:mm", CultureInfo.InvariantCulture),
        Grain.Month => local.ToString("MMM yyyy", CultureInfo.InvariantCulture),
        _ when count > 1 => local.ToString("d MMM", CultureInfo.InvariantCulture),
        _ => local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static string Title(DateTimeOffset local, Grain grain) => grain switch
    {
        Grain.Hour or Grain.QuarterHour => local.ToString("ddd d MMM, HH:mm zzz", CultureInfo.InvariantCulture),
        Grain.Week => local.ToString("'week of' d MMM yyyy", CultureInfo.InvariantCulture),
        Grain.Month => local.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        _ => local.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture),
    };
}
