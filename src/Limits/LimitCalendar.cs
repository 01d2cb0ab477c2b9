namespace AgentConsole.Limits;

/// <summary>
/// The windows of a tenant's calendar: half-open, without gaps or overlaps, whatever the clocks of its zone do. A day is 23, 24 or 25 hours long, weeks begin on Mondays,
/// and where clocks change inside an hour or a minute, that window ends there.
/// </summary>
public static class LimitCalendar
{
    /// <summary>The window of calendar that holds an instant; a session has none.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End) Around(DateTimeOffset at, LimitWindow window, TimeZoneInfo zone) => window switch
    {
        LimitWindow.Minute => AroundClock(at, TimeSpan.FromMinutes(1), zone),
        LimitWindow.Hour => AroundClock(at, TimeSpan.FromHours(1), zone),
        LimitWindow.Day => AroundDates(at, zone, static date => date, static date => date.AddDays(1)),
        LimitWindow.Week => AroundDates(at, zone, static date => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)), static date => date.AddDays(7)),
        LimitWindow.Month => AroundDates(at, zone, static date => new(date.Year, date.Month, 1), static date => date.AddMonths(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    private static (DateTimeOffset, DateTimeOffset) AroundDates(DateTimeOffset at, TimeZoneInfo zone, Func<DateOnly, DateOnly> first, Func<DateOnly, DateOnly> next)
    {
        var date = first(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime));
        var (start, end) = (StartOf(date, zone), StartOf(next(date), zone));
        // Clocks that go back over midnight show a date twice: it began the first time.
        return at < end ? (start, end) : (end, StartOf(next(next(date)), zone));
    }

    /// <summary>The first instant at which the zone's clocks show that date or a later one: where they skip midnight, or the whole day, the first after it.</summary>
    private static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        // Asked of instants only: what .NET says of a local time near a change is not always so. No zone is further from UTC than 15 hours.
        var (before, from) = (midnight.AddHours(-15), midnight.AddHours(15));
        while (from - before > TimeSpan.FromMinutes(1))
        {
            var middle = Floor(before + ((from - before) / 2), TimeSpan.FromMinutes(1));
            if (middle == before) middle = before.AddMinutes(1);
            if (TimeZoneInfo.ConvertTime(middle, zone).DateTime < midnight.DateTime) before = middle;
            else from = middle;
        }
        return from;
    }

    private static (DateTimeOffset, DateTimeOffset) AroundClock(DateTimeOffset at, TimeSpan width, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(at);
        var start = Floor(at + offset, width) - offset;
        var end = start + width;
        at = at.ToUniversalTime();
        if (zone.GetUtcOffset(start) != offset) start = Change(start, at, zone, offset, isAfter: true);
        if (zone.GetUtcOffset(end.AddTicks(-1)) != offset) end = Change(at, end, zone, offset, isAfter: false);
        return (start, end);
    }

    /// <summary>The minute between two instants at which the offset becomes that one, or stops to be.</summary>
    private static DateTimeOffset Change(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone, TimeSpan offset, bool isAfter)
    {
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + ((after - before) / 2);
            if ((zone.GetUtcOffset(middle) == offset) == isAfter) after = middle;
            else before = middle;
        }
        return Floor(after, TimeSpan.FromMinutes(1));
    }

    /// <summary>In UTC, of the same wall clock.</summary>
    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan width) => new(at.UtcTicks - (at.UtcTicks % width.Ticks), TimeSpan.Zero);
}
