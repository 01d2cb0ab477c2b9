using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Tests.Usage.Rollups;

public sealed class LocalBucketsTests
{
    /// <summary>Property: in every zone there is, buckets follow each other without a gap, a standstill or a tail, whatever its clocks do.</summary>
    [Theory]
    [InlineData(nameof(Grain.Day), 2006, 2013)]
    [InlineData(nameof(Grain.Week), 2004, 2030)]
    [InlineData(nameof(Grain.Month), 2000, 2030)]
    [InlineData(nameof(Grain.Hour), 2026, 2027)]
    public void Buckets_InEveryZone_AreGapless(string name, int firstYear, int lastYear)
    {
        var grain = Enum.Parse<Grain>(name);
        var (from, to) = (new DateTimeOffset(firstYear, 1, 1, 7, 13, 0, TimeSpan.Zero), new DateTimeOffset(lastYear, 1, 1, 0, 0, 0, TimeSpan.Zero));
        // Zones that share their rules differ by name only.
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones().Where(zone => grain != Grain.Hour || zone.SupportsDaylightSavingTime).DistinctBy(zone => (zone.BaseUtcOffset, string.Join(',', zone.GetAdjustmentRules().Where(rule => rule.DateEnd > from && rule.DateStart < to).Select(rule => (rule.DateStart, rule.DateEnd, rule.DaylightDelta, rule.BaseUtcOffsetDelta))))))
            AssertGapless(LocalBuckets.Between(from, to, grain, zone), from, to, zone);
    }

    [Theory]
    [InlineData("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z", new[] { "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00" })]
    [InlineData("America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T12:00:00Z", new[] { "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00" })]
    [InlineData("America/Havana", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z", new[] { "2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00" })]
    public void Days_ThatAreMissingOrStartTwice_AreCutOnce(string zone, string from, string to, string[] expected) =>
        Assert.Equal(expected, LocalBuckets.Between(At(from), At(to), Grain.Day, TimeZoneInfo.FindSystemTimeZoneById(zone)).Select(bucket => bucket.Start.ToString("yyyy-MM-ddTHH:mm:sszzz", null)));

    private static void AssertGapless(IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> buckets, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        DateTimeOffset? end = null;
        foreach (var bucket in buckets)
        {
            Assert.True(bucket.Start < bucket.End, $"{zone.Id} {bucket}");
            Assert.True(end is null ? bucket.Start <= from : bucket.Start == end, $"{zone.Id} {bucket} after {end}");
            end = bucket.End;
        }
        Assert.True(end >= to, zone.Id);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
