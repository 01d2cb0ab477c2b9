using System.Globalization;
using AgentConsole.Budgets;

namespace AgentConsole.Tests.Budgets;

public sealed class BudgetCalendarTests
{
    [Theory]
    [InlineData("2026-11-20T18:00Z", BudgetPeriod.Day, "UTC", "2026-11-20T00:00Z", "2026-11-21T00:00Z", "2026-11-20")]
    [InlineData("2026-11-20T18:30Z", BudgetPeriod.Day, "Asia/Kathmandu", "2026-11-20T18:15Z", "2026-11-21T18:15Z", "2026-11-21")]
    [InlineData("2026-11-22T23:00Z", BudgetPeriod.Week, "UTC", "2026-11-16T00:00Z", "2026-11-23T00:00Z", "week of 2026-11-16")]
    [InlineData("2026-11-01T03:00Z", BudgetPeriod.Month, "America/New_York", "2026-10-01T04:00Z", "2026-11-01T04:00Z", "2026-10")]
    [InlineData("2026-11-20T18:00Z", BudgetPeriod.Month, "America/New_York", "2026-11-01T04:00Z", "2026-12-01T05:00Z", "2026-11")]
    [InlineData("2026-03-31T23:30Z", BudgetPeriod.Quarter, "Europe/Paris", "2026-03-31T22:00Z", "2026-06-30T22:00Z", "2026-Q2")]
    [InlineData("2026-02-03T00:00Z", BudgetPeriod.Quarter, "UTC", "2026-01-01T00:00Z", "2026-04-01T00:00Z", "2026-Q1")]
    [InlineData("2026-12-31T23:30Z", BudgetPeriod.Year, "Europe/Paris", "2026-12-31T23:00Z", "2027-12-31T23:00Z", "2027")]
    // 23 and 25 hours.
    [InlineData("2026-03-29T12:00Z", BudgetPeriod.Day, "Europe/Paris", "2026-03-28T23:00Z", "2026-03-29T22:00Z", "2026-03-29")]
    [InlineData("2026-10-25T12:00Z", BudgetPeriod.Day, "Europe/Paris", "2026-10-24T22:00Z", "2026-10-25T23:00Z", "2026-10-25")]
    [InlineData("2026-10-26T12:00Z", BudgetPeriod.Week, "Europe/Paris", "2026-10-25T23:00Z", "2026-11-01T23:00Z", "week of 2026-10-26")]
    // Clocks skip midnight.
    [InlineData("2026-09-06T12:00Z", BudgetPeriod.Day, "America/Santiago", "2026-09-06T04:00Z", "2026-09-07T03:00Z", "2026-09-06")]
    // A day that there was not.
    [InlineData("2011-12-30T12:00Z", BudgetPeriod.Day, "Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31T10:00Z", "2011-12-31")]
    public void Around_AnInstant_IsThePeriodOfTheZonesCalendar(string at, BudgetPeriod period, string zone, string from, string to, string words)
    {
        var span = BudgetCalendar.Around(At(at), period, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal((At(from), At(to), words), (span.From.ToUniversalTime(), span.To.ToUniversalTime(), span.Words(period)));
    }

    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("America/Santiago")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    public void Periods_OfAnyZone_FollowEachOtherWithoutAGap(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        foreach (var period in BudgetPeriods.All)
        {
            var span = BudgetCalendar.Around(At("2027-06-15T12:00Z"), period, zone);
            for (var back = 0; back < (period == BudgetPeriod.Day ? 800 : 5); back++)
            {
                var before = BudgetCalendar.Before(span, period, zone);
                Assert.Equal(span.From, before.To);
                Assert.Equal(before, BudgetCalendar.Around(before.From, period, zone));
                Assert.Equal(before, BudgetCalendar.Around(before.To.AddTicks(-1), period, zone));
                span = before;
            }
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
