namespace AgentConsole.Usage.Rollups;

/// <summary>Cuts time where a zone's clocks and calendar do. A bucket is named by its start, clipped to the range only where it is summed.</summary>
internal static class LocalBuckets
{
    /// <summary>The buckets that overlap [from, to), in order, each from its own start to its own end; not at all bounded by the range.</summary>
    public static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Between(DateTimeOffset from, DateTimeOffset to, Grain grain, TimeZoneInfo zone)
    {
        for (var start = Floor(from, grain, zone); start < to;)
        {
            var end = Next(start, grain, zone);
            yield return (TimeZoneInfo.ConvertTime(start, zone), end);
            start = end;
        }
    }

    /// <summary>The start of the bucket that holds an instant.</summary>
    public static DateTimeOffset Floor(DateTimeOffset at, Grain grain, TimeZoneInfo zone) => grain switch
    {
        Grain.QuarterHour => FloorClock(at, TimeSpan.FromMinutes(15), zone),
        Grain.Hour => FloorClock(at, TimeSpan.FromHours(1), zone),
        Grain.Day or Grain.Week or Grain.Month => StartOf(FirstDate(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), grain), zone),
        _ => throw new ArgumentOutOfRangeException(nameof(grain)),
    };

    /// <summary>The first instant of a local date; where clocks skip midnight or the whole day, the first there is after it.</summary>
    public static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        var start = new DateTimeOffset(midnight, offset);
        if (zone.GetUtcOffset(start) == offset && TimeZoneInfo.ConvertTime(start.AddTicks(-1), zone).DateTime < midnight) return start;
        // What .NET says of a local time near a change is not always so; of an instant it is. No zone is further from UTC than this.
        var at = new DateTimeOffset(midnight, TimeSpan.Zero).AddHours(-15);
        while (TimeZoneInfo.ConvertTime(at, zone).DateTime < midnight) at = at.AddMinutes(15);
        return TimeZoneInfo.ConvertTime(at, zone);
    }

    private static DateTimeOffset Next(DateTimeOffset start, Grain grain, TimeZoneInfo zone)
    {
        switch (grain)
        {
            case Grain.QuarterHour or Grain.Hour:
                var width = grain == Grain.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(15);
                var next = Floor(start + width, grain, zone);
                return next > start ? next : start + width;
            case Grain.Day or Grain.Week or Grain.Month:
                var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(start, zone).DateTime);
                return StartOf(grain switch { Grain.Day => date.AddDays(1), Grain.Week => date.AddDays(7), _ => date.AddMonths(1) }, zone);
            default:
                throw new ArgumentOutOfRangeException(nameof(grain));
        }
    }

    private static DateOnly FirstDate(DateOnly date, Grain grain) => grain switch
    {
        Grain.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        Grain.Month => new DateOnly(date.Year, date.Month, 1),
        _ => date,
    };

    /// <summary>Where clocks changed since the full hour or quarter, the change itself starts the bucket.</summary>
    private static DateTimeOffset FloorClock(DateTimeOffset at, TimeSpan width, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(at);
        var floor = at.ToUniversalTime().AddTicks(-((at.UtcTicks + offset.Ticks) % width.Ticks));
        if (zone.GetUtcOffset(floor) == offset) return floor;
        var (before, after) = (floor, at.ToUniversalTime());
        while (after - before > TimeSpan.FromMinutes(1))
        {
            var middle = before + (after - before) / 2;
            if (zone.GetUtcOffset(middle) == offset) after = middle;
            else before = middle;
        }
        return after.AddTicks(-(after.UtcTicks % TimeSpan.TicksPerMinute));
    }
}
