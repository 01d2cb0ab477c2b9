using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class FormatTests
{
    private static readonly TimeZoneInfo Kathmandu = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu");
    private static readonly DateTimeOffset At = new(2026, 11, 20, 18, 0, 5, 123, TimeSpan.Zero);

    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("1234.564", "$1,234.56")]
    [InlineData("0.01", "$0.01")]
    [InlineData("0.004846", "$0.0048")]
    [InlineData("0.009", "$0.0090")]
    [InlineData("0.0000021", "$0.0000021")]
    [InlineData("0.000000000001", "$0.000000000001")]
    [InlineData("-3.5", "−$3.50")]
    public void Money_AnySize_KeepsWhatCounts(string usd, string expected) =>
        Assert.Equal(expected, Format.Money(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("0.004846000000", "$0.004846")]
    [InlineData("1234567.5", "$1,234,567.50")]
    [InlineData("2", "$2.00")]
    public void MoneyExact_TrailingZeros_KeepsAtLeastCents(string usd, string expected) =>
        Assert.Equal(expected, Format.MoneyExact(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("12345", "$12.3k")]
    [InlineData("999.4", "$999")]
    [InlineData("1250000", "$1.3M")]
    [InlineData("3.25", "$3.25")]
    public void MoneyCompact_Large_IsShort(string usd, string expected) =>
        Assert.Equal(expected, Format.MoneyCompact(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9_999, "9,999")]
    [InlineData(12_345, "12.3k")]
    [InlineData(999_499, "999k")]
    [InlineData(999_500, "1M")]
    [InlineData(1_234_567, "1.2M")]
    [InlineData(2_500_000_000, "2.5B")]
    public void CountCompact_AnySize_IsAtMostFiveSigns(long count, string expected) => Assert.Equal(expected, Format.CountCompact(count));

    [Theory]
    [InlineData(0, "0%")]
    [InlineData(0.00001, "<0.01%")]
    [InlineData(0.0023, "0.23%")]
    [InlineData(0.234, "23.4%")]
    [InlineData(12.5, "1,250%")]
    public void Percent_AnyShare_IsNeverRoundedToZero(double share, string expected) => Assert.Equal(expected, Format.Percent(share));

    [Theory]
    [InlineData(840, "840 ms")]
    [InlineData(1840, "1.84 s")]
    [InlineData(125_000, "2 min 5 s")]
    public void Milliseconds_AnyLength_PicksTheUnit(double milliseconds, string expected) => Assert.Equal(expected, Format.Milliseconds(milliseconds));

    [Theory]
    [InlineData(42, "42 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(11_520, "3 h 12 min")]
    [InlineData(180_000, "2 d 2 h")]
    public void Duration_AnyLength_IsItsTwoLargestUnits(int seconds, string expected) => Assert.Equal(expected, Format.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Times_InAZone_AreThatZonesWallClock()
    {
        Assert.Equal("2026-11-20 23:45:05", Format.DateTime(At, Kathmandu));
        Assert.Equal("23:45:05", Format.Time(At, Kathmandu));
        Assert.Equal("2026-11-20 23:45:05.123 +05:45", Format.TimeExact(At, Kathmandu));
        Assert.Equal("Kathmandu +05:45", Format.Zone(Kathmandu, At));
        Assert.Equal("UTC", Format.Zone(TimeZoneInfo.Utc, At));
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("claude-sonnet-4-5-20250929", 13, "claude…250929")]
    public void Middle_LongName_IsCutInTheMiddle(string name, int length, string expected)
    {
        Assert.Equal(expected, Format.Middle(name, length));
        Assert.True(Format.Middle(name, length).Length <= length);
    }
}
