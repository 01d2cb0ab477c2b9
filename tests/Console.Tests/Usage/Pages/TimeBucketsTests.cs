using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class TimeBucketsTests
{
    public static TheoryData<string, Grain> Everywhere()
    {
        var cases = new TheoryData<string, Grain>();
        foreach (var zone in (string[])["UTC", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"])
            foreach (var grain in (Grain[])[Grain.QuarterHour, Grain.Hour, Grain.Day, Grain.Week, Grain.Month])
                cases.Add(zone, grain);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Between_AnyZoneOverDst_CoversWithoutGapOrOverlap(string id, Grain grain)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var (from, to) = (new DateTimeOffset(2026, 10, 24, 7, 3, 0, TimeSpan.Zero), new DateTimeOffset(2026, 10, 27, 7, 3, 0, TimeSpan.Zero));

        var starts = TimeBuckets.Between(from, to, zone, grain);

        Assert.True(starts[0] <= from);
        Assert.True(TimeBuckets.Next(starts[^1], zone, grain) >= to);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.Equal(TimeBuckets.Next(pair.First, zone, grain), pair.Second));
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void Between_DayOfTheClockChange_HasTwentyFiveHours()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var (from, to) = (new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.FromHours(2)), new DateTimeOffset(2026, 10, 26, 0, 0, 0, TimeSpan.FromHours(1)));

        Assert.Equal(25, TimeBuckets.Between(from, to, berlin, Grain.Hour).Count);
    }

    [Fact]
    public void Label_WeekOfHours_TicksAtMidnights()
    {
        var from = new DateTimeOffset(2026, 11, 14, 0, 0, 0, TimeSpan.Zero);
        var labels = TimeBuckets.Label(TimeBuckets.Between(from, from.AddDays(7), TimeZoneInfo.Utc, Grain.Hour), TimeZoneInfo.Utc, Grain.Hour);

        Assert.Equal(["14 Nov", "15 Nov", "16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov"], labels.Select(static label => label.Tick).Where(static tick => tick.Length > 0));
        Assert.Equal("Sat 14 Nov, 01:00 +00:00", labels[1].Title);
    }
}
