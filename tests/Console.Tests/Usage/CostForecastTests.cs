using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

public sealed class CostForecastTests
{
    /// <summary>Friday 20 November 2026, noon; ten and a half days are to come.</summary>
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public void Of_EveryDayAlike_IsThatDayTimesWhatIsToComeWithoutABand()
    {
        var forecast = CostForecast.Of([.. Enumerable.Repeat(10m, 28)], Today, 0.5, 195);

        Assert.Equal(new CostForecast(195, 300, 300, 300), forecast);
    }

    [Fact]
    public void Of_WeekendsAreCheap_CountsThemAsSuch()
    {
        // The first of the 28 days is a Friday.
        var costs = Enumerable.Range(0, 28).Select(static day => day % 7 is 1 or 2 ? 1m : 10m).ToList();

        var forecast = CostForecast.Of(costs, Today, 1, 100);

        // 21 and 22, 28 and 29 are weekends; 23 to 27 and 30 are not.
        Assert.Equal(100 + 4 * 1 + 6 * 10, forecast.Expected);
    }

    [Fact]
    public void Of_DaysDiffer_HasABandThatNeverFallsBelowWhatIsSpent()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var forecast = CostForecast.Of([.. Enumerable.Range(0, 28).Select(_ => (decimal)(random.NextDouble() * 1000))], Today.AddDays(random.Next(-19, 11)), random.NextDouble(), (decimal)(random.NextDouble() * 100));
            Assert.True(forecast.Spent <= forecast.Low && forecast.Low <= forecast.Expected && forecast.Expected <= forecast.High);
        }
    }

    [Fact]
    public void Band_OfMonthsThatGoOnAsBefore_HoldsFourOfFive()
    {
        var random = new Random(11);
        var inside = 0;
        for (var round = 0; round < 2000; round++)
        {
            var forecast = CostForecast.Of([.. Enumerable.Range(0, 28).Select(_ => Day(random))], new DateOnly(2026, 11, 1), 0, 0);
            var month = Enumerable.Range(0, 30).Sum(_ => Day(random));
            if (month >= forecast.Low && month <= forecast.High) inside++;
        }
        Assert.InRange(inside / 2000.0, 0.76, 0.84);

        static decimal Day(Random random) => 100 + 20 * (decimal)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    [Fact]
    public void Of_LastDayOfTheMonth_IsWhatIsLeftOfIt() =>
        Assert.Equal(310, CostForecast.Of([.. Enumerable.Repeat(10m, 28)], new DateOnly(2026, 12, 31), 0.0, 300).Expected);

    [Fact]
    public void Of_OtherThanFourWeeks_IsAnError() => Assert.Throws<ArgumentException>(() => CostForecast.Of([1, 2, 3], Today, 0.5, 0));

    [Fact]
    public void Of_AnotherPeriod_EndsWhereItEnds()
    {
        Assert.Equal(25, CostForecast.Of([.. Enumerable.Repeat(10m, 28)], Today, Today.AddDays(1), 0.5, 20).Expected);
        Assert.Equal(20 + (10.5m * 10) + 310, CostForecast.Of([.. Enumerable.Repeat(10m, 28)], Today, new DateOnly(2027, 1, 1), 0.5, 20).Expected);
    }

    [Theory]
    [InlineData(200, "2026-11-20", 1.0)]
    [InlineData(197, "2026-11-20", 0.7)]
    [InlineData(225, "2026-11-23", 0.5)]
    public void Reaches_AnAmountBeforeTheEnd_SaysWhen(int amount, string day, double passed)
    {
        var reached = CostForecast.Reaches(amount, [.. Enumerable.Repeat(10m, 28)], Today, new(2026, 12, 1), 0.5, 195);
        Assert.Equal(DateOnly.Parse(day), reached!.Value.Day);
        Assert.Equal(passed, reached.Value.Passed, 9);
    }

    [Fact]
    public void Reaches_AnAmountBeyondTheEnd_OrWithoutAnyCost_DoesNot()
    {
        Assert.Null(CostForecast.Reaches(301, [.. Enumerable.Repeat(10m, 28)], Today, new(2026, 12, 1), 0.5, 195));
        Assert.Null(CostForecast.Reaches(1, new decimal[28], Today, new(2026, 12, 1), 0.5, 0));
    }
}
