using System.Globalization;
using AgentConsole.Shell;

namespace AgentConsole.Budgets;

/// <summary>Stored by number, so the order is fixed.</summary>
public enum BudgetPeriod : short { Day = 1, Week = 2, Month = 3, Quarter = 4, Year = 5 }

/// <summary>One period of a tenant's calendar: half-open, as long as its days are, of 23, 24 or 25 hours.</summary>
/// <param name="First">Its first local date.</param>
/// <param name="Next">The first local date of the one after it.</param>
public sealed record BudgetSpan(DateOnly First, DateOnly Next, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Such as <c>2026-11</c>, <c>2026-Q4</c> or <c>week of 2026-11-16</c>.</summary>
    public string Words(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Day => First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        BudgetPeriod.Week => "week of " + First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        BudgetPeriod.Month => First.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        BudgetPeriod.Quarter => string.Create(CultureInfo.InvariantCulture, $"{First.Year}-Q{((First.Month - 1) / 3) + 1}"),
        BudgetPeriod.Year => First.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };
}

/// <summary>Periods derived from the calendar in a zone, never from a job that zeroes a counter.</summary>
public static class BudgetCalendar
{
    /// <summary>The period that holds an instant. Weeks begin on Mondays.</summary>
    public static BudgetSpan Around(DateTimeOffset at, BudgetPeriod period, TimeZoneInfo zone)
    {
        var span = From(FirstDate(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), period), period, zone);
        // Clocks that go back over midnight show a date twice: it began the first time.
        return at < span.To ? span : From(span.Next, period, zone);
    }

    public static BudgetSpan Before(BudgetSpan span, BudgetPeriod period, TimeZoneInfo zone) => From(FirstDate(span.First.AddDays(-1), period), period, zone);

    private static BudgetSpan From(DateOnly first, BudgetPeriod period, TimeZoneInfo zone)
    {
        var next = period switch
        {
            BudgetPeriod.Day => first.AddDays(1),
            BudgetPeriod.Week => first.AddDays(7),
            BudgetPeriod.Month => first.AddMonths(1),
            BudgetPeriod.Quarter => first.AddMonths(3),
            BudgetPeriod.Year => first.AddYears(1),
            _ => throw new ArgumentOutOfRangeException(nameof(period)),
        };
        return new(first, next, TimeRange.Midnight(first, zone), TimeRange.Midnight(next, zone));
    }

    private static DateOnly FirstDate(DateOnly date, BudgetPeriod period) => period switch
    {
        BudgetPeriod.Day => date,
        BudgetPeriod.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        BudgetPeriod.Month => new(date.Year, date.Month, 1),
        BudgetPeriod.Quarter => new(date.Year, date.Month - ((date.Month - 1) % 3), 1),
        BudgetPeriod.Year => new(date.Year, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };
}

public static class BudgetPeriods
{
    public static readonly IReadOnlyList<BudgetPeriod> All = Enum.GetValues<BudgetPeriod>();

    public static string Name(this BudgetPeriod period) => period.ToString().ToLowerInvariant();

    public static BudgetPeriod? Parse(string? name) => All.Where(period => period.Name() == name).Select(static period => (BudgetPeriod?)period).FirstOrDefault();

    /// <summary>In front of a noun: <c>monthly</c>.</summary>
    public static string Adverb(this BudgetPeriod period) => period switch
    {
        BudgetPeriod.Day => "daily",
        BudgetPeriod.Week => "weekly",
        BudgetPeriod.Month => "monthly",
        BudgetPeriod.Quarter => "quarterly",
        BudgetPeriod.Year => "yearly",
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };
}
