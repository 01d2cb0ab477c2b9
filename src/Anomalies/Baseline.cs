namespace AgentConsole.Anomalies;

/// <summary>What is usual, told by samples of the weeks before: their median, and how far they lie from it. USD. One odd week moves neither.</summary>
/// <param name="Spread">Never 0, so that a flat past makes no endless score.</param>
public readonly record struct Baseline(decimal Expected, decimal Spread)
{
    /// <summary>Makes the median absolute deviation of normal noise its standard deviation.</summary>
    private const decimal ToDeviation = 1.4826m;

    private const decimal LeastShare = 0.1m;
    private const decimal LeastUsd = 0.5m;

    /// <summary>Of no samples: nothing is expected.</summary>
    public static Baseline Of(IReadOnlyList<decimal> samples)
    {
        var expected = Median(samples);
        var deviation = Median([.. samples.Select(sample => Math.Abs(sample - expected))]);
        return new(expected, Math.Max(Math.Max(ToDeviation * deviation, LeastShare * expected), LeastUsd));
    }

    /// <summary>How many spreads above what is expected.</summary>
    public decimal Score(decimal cost) => (cost - Expected) / Spread;

    public bool IsUnusual(decimal cost, AnomaliesOptions options) => Score(cost) >= options.MinimumScore && cost * 100 >= Expected * options.MinimumPercent;

    /// <summary>Which of the samples are in the middle, one of an odd number and two of an even one: the mean of those is the median, and parts of them sum as they do.</summary>
    public static IReadOnlyList<int> Middle(IReadOnlyList<decimal> samples)
    {
        int[] order = [.. Enumerable.Range(0, samples.Count).OrderBy(at => samples[at]).ThenBy(static at => at)];
        return order.Length == 0 ? [] : order.Length % 2 == 1 ? [order[order.Length / 2]] : [order[(order.Length / 2) - 1], order[order.Length / 2]];
    }

    private static decimal Median(IReadOnlyList<decimal> samples) => samples.Count == 0 ? 0 : Middle(samples).Average(at => samples[at]);
}
