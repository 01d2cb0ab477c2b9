using System.Globalization;

namespace AgentConsole.Shell;

/// <summary>The half-open range [From, To) a page shows; relative ranges end with the hour or day that is going on.</summary>
/// <param name="Preset">24h, 7d, 30d or mtd; null for a range given by its ends.</param>
/// <param name="Now">When it was read: a range may reach beyond it.</param>
public sealed record TimeRange(DateTimeOffset From, DateTimeOffset To, string? Preset, DateTimeOffset Now, TimeZoneInfo Zone)
{
    public const string Default = "7d";

    /// <summary>A range given by its ends is cut to this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3 * 366);

    public static readonly IReadOnlyList<(string Name, string Label, string Title)> Presets =
    [
        ("24h", "24h", "Last 24 hours"),
        ("7d", "7d", "Last 7 days"),
        ("30d", "30d", "Last 30 days"),
        ("mtd", "MTD", "Month to date"),
    ];

    /// <summary>The end of what can have happened already.</summary>
    public DateTimeOffset End => To < Now ? To : Now;

    public TimeSpan Length => To - From;

    /// <summary>Where what it is compared with is cut: its end to the minute, so that all who look within a minute ask the same.</summary>
    public DateTimeOffset Cut => To <= Now ? To : Now.AddTicks(-(Now.Ticks % TimeSpan.TicksPerMinute)) is var minute && minute > From ? minute : Now;

    /// <summary>Reads <c>from</c> and <c>to</c>, else <c>range</c>, else the default; what cannot be read counts as absent.</summary>
    public static TimeRange Read(PageUrl url, TimeZoneInfo zone, DateTimeOffset now)
    {
        var from = ReadTime(url["from"], zone);
        var to = ReadTime(url["to"], zone);
        if (from is { } start && (to ?? Midnight(Today(now, zone).AddDays(1), zone)) is var end && start < end)
            return new(start, end - start > Longest ? start + Longest : end, null, now, zone);
        return Relative(url["range"], zone, now);
    }

    /// <summary>The range before it, cut at the same point: the first 3 days of this month compare with the first 3 of the last.</summary>
    public TimeRange Previous()
    {
        var start = Preset switch
        {
            "mtd" => Midnight(LocalDate(From).AddMonths(-1), Zone),
            "7d" or "30d" => Midnight(LocalDate(From).AddDays(-Days(Preset)), Zone),
            _ => From - (Preset is null ? Cut - From : Length),
        };
        var end = start + (Cut - From);
        return this with { From = start, To = end < From ? end : From, Preset = null };
    }

    /// <summary>What <see cref="Previous"/> is, in words.</summary>
    public string PreviousWords => Preset switch
    {
        "24h" => "the 24 hours before",
        "7d" => "the 7 days before",
        "30d" => "the 30 days before",
        "mtd" => "the same days of last month",
        _ => "the same time before",
    };

    public static DateTimeOffset Midnight(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new(local, offset);
    }

    private static TimeRange Relative(string? preset, TimeZoneInfo zone, DateTimeOffset now)
    {
        var today = Today(now, zone);
        switch (preset)
        {
            case "24h":
                var nextHour = HourOf(now, zone).AddHours(1);
                return new(nextHour.AddHours(-24), nextHour, preset, now, zone);
            case "mtd":
                return new(Midnight(new(today.Year, today.Month, 1), zone), Midnight(today.AddDays(1), zone), preset, now, zone);
            default:
                preset = preset == "30d" ? preset : Default;
                return new(Midnight(today.AddDays(1 - Days(preset)), zone), Midnight(today.AddDays(1), zone), preset, now, zone);
        }
    }

    private static int Days(string preset) => preset == "30d" ? 30 : 7;

    private static DateTimeOffset HourOf(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return new(local.Year, local.Month, local.Day, local.Hour, 0, 0, local.Offset);
    }

    private DateOnly LocalDate(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);

    private static DateOnly Today(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    /// <summary>A local date, a local time or a time with its offset.</summary>
    private static DateTimeOffset? ReadTime(string? text, TimeZoneInfo zone)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return Midnight(date, zone);
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
            return null;
        if (time.Kind == DateTimeKind.Unspecified)
            return zone.IsInvalidTime(time) ? null : new DateTimeOffset(time, zone.GetUtcOffset(time));
        return DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }
}
