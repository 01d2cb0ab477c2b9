using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 20, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Kathmandu = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu");
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void Read_24h_EndsWithTheHourGoingOn()
    {
        var range = Read("/?range=24h", TimeZoneInfo.Utc);

        Assert.Equal((Utc(19, 19), Utc(20, 19)), (range.From, range.To));
        Assert.Equal(Now, range.End);
    }

    [Fact]
    public void Read_24hInAZoneWithQuarters_CutsAtThatZonesHours() =>
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 1, 0, 0, TimeSpan.FromMinutes(345)), Read("/?range=24h", Kathmandu).To);

    [Fact]
    public void Read_Nothing_IsSevenLocalDays()
    {
        var range = Read("/", Kathmandu);

        // It is already the 21st in Kathmandu.
        Assert.Equal(("7d", new DateTimeOffset(2026, 11, 15, 0, 0, 0, TimeSpan.FromMinutes(345)), new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.FromMinutes(345))), (range.Preset, range.From, range.To));
    }

    [Fact]
    public void Read_LocalDatesOverADstChange_HaveTheOffsetOfTheirDay()
    {
        var range = Read("/?from=2026-10-25&to=2026-10-26", Berlin);

        Assert.Equal(TimeSpan.FromHours(25), range.Length);
        Assert.Null(range.Preset);
    }

    [Theory]
    [InlineData("/?from=2026-11-20T10:00:00Z&to=2026-11-20T12:00:00%2B01:00", 1)]
    [InlineData("/?from=2026-11-20T10:00:00&to=2026-11-20T12:00:00", 2)]
    public void Read_TimesWithOrWithoutOffset_AreInstants(string url, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Read(url, TimeZoneInfo.Utc).Length);

    [Theory]
    [InlineData("/?from=2026-11-20&to=2026-11-01")]
    [InlineData("/?from=yesterday&to=today")]
    [InlineData("/?range=9y")]
    public void Read_Nonsense_IsTheDefault(string url) => Assert.Equal(TimeRange.Default, Read(url, TimeZoneInfo.Utc).Preset);

    [Fact]
    public void Read_Ages_IsCut() => Assert.Equal(TimeRange.Longest, Read("/?from=1900-01-01&to=2026-01-01", TimeZoneInfo.Utc).Length);

    [Fact]
    public void Previous_MonthToDate_IsTheSamePartOfTheLastMonth()
    {
        var previous = Read("/?range=mtd", TimeZoneInfo.Utc).Previous();

        Assert.Equal((new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 10, 20, 18, 20, 0, TimeSpan.Zero)), (previous.From, previous.To));
    }

    [Theory]
    [InlineData("/?range=24h")]
    [InlineData("/?range=7d")]
    [InlineData("/?range=30d")]
    [InlineData("/?range=mtd")]
    [InlineData("/?from=2026-11-01&to=2026-11-05")]
    public void Previous_AnyRange_IsAsLongAsWhatHasHappenedAndEndsBefore(string url)
    {
        var range = Read(url, TimeZoneInfo.Utc);
        var previous = range.Previous();

        Assert.Equal(range.End - range.From, previous.Length);
        Assert.True(previous.To <= range.From);
    }

    [Fact]
    public void Previous_WithinAMinute_IsTheSame()
    {
        static TimeRange At(int second) => TimeRange.Read(PageUrl.Parse("/?range=7d"), TimeZoneInfo.Utc, new DateTimeOffset(2026, 11, 20, 18, 20, second, TimeSpan.Zero)).Previous();

        Assert.Equal((At(1).From, At(1).To), (At(59).From, At(59).To));
    }

    [Fact]
    public void Midnight_SkippedByDst_IsTheFirstMinuteThereIs()
    {
        var beirut = TimeZoneInfo.FindSystemTimeZoneById("Asia/Beirut");

        var start = TimeRange.Midnight(new(2024, 3, 31), beirut);

        Assert.Equal(new DateTimeOffset(2024, 3, 31, 1, 0, 0, TimeSpan.FromHours(3)), start);
    }

    private static TimeRange Read(string url, TimeZoneInfo zone) => TimeRange.Read(PageUrl.Parse(url), zone, Now);

    private static DateTimeOffset Utc(int day, int hour) => new(2026, 11, day, hour, 0, 0, TimeSpan.Zero);
}
