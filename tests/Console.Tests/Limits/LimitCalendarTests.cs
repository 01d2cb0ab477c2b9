using AgentConsole.Limits;

namespace AgentConsole.Tests.Limits;

public sealed class LimitCalendarTests
{
    [Theory]
    [InlineData("Europe/Paris", LimitWindow.Day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("Europe/Paris", LimitWindow.Day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData("Europe/Paris", LimitWindow.Month, "2026-11-20T18:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")]
    [InlineData("Europe/Paris", LimitWindow.Week, "2026-10-25T22:59:59Z", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData("Asia/Kathmandu", LimitWindow.Hour, "2026-11-20T18:20:00Z", "2026-11-20T18:15:00Z", "2026-11-20T19:15:00Z")]
    [InlineData("America/New_York", LimitWindow.Hour, "2026-11-01T05:30:00Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z")]
    [InlineData("America/New_York", LimitWindow.Hour, "2026-11-01T06:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z")]
    [InlineData("Australia/Lord_Howe", LimitWindow.Hour, "2026-04-04T14:45:00Z", "2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z")]
    [InlineData("America/Sao_Paulo", LimitWindow.Day, "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")]
    [InlineData("Pacific/Apia", LimitWindow.Day, "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("UTC", LimitWindow.Minute, "2026-11-20T18:00:59.999Z", "2026-11-20T18:00:00Z", "2026-11-20T18:01:00Z")]
    public void Around_ClocksThatChange_CutsWhereTheCalendarDoes(string zone, LimitWindow window, string at, string start, string end)
    {
        var found = LimitCalendar.Around(DateTimeOffset.Parse(at), window, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal((DateTimeOffset.Parse(start), DateTimeOffset.Parse(end)), found);
    }

    /// <summary>Whatever the clocks do: each window begins where the one before ends, and every moment is in the window that is around it.</summary>
    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/St_Johns")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Africa/Cairo")]
    [InlineData("Pacific/Apia")]
    [InlineData("Asia/Kathmandu")]
    public void Windows_OfYears_HaveNoGapsAndNoOverlaps(string name)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        foreach (var (window, from, count) in new[] { (LimitWindow.Hour, "2018-10-01", 9_000), (LimitWindow.Day, "2005-01-01", 8_000), (LimitWindow.Week, "2005-01-03", 1_100), (LimitWindow.Month, "2005-01-01", 250) })
        {
            var at = LimitCalendar.Around(DateTimeOffset.Parse($"{from}T12:00:00Z"), window, zone).Start;
            for (var index = 0; index < count; index++)
            {
                var (start, end) = LimitCalendar.Around(at, window, zone);
                Assert.True(start == at && end > start, $"{window} {name}: {start:O} to {end:O} around {at:O}");
                Assert.Equal((start, end), LimitCalendar.Around(end.AddMilliseconds(-1), window, zone));
                at = end;
            }
        }
    }
}
