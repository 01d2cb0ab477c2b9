using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <summary>What one model was used for in a stretch of time, or on the mean of several stretches; hence fractions of a request.</summary>
/// <param name="Tokens">By <see cref="TokenBucket"/>.</param>
/// <param name="Cost">USD.</param>
public sealed record ModelUse(string Provider, string Model, decimal Requests, decimal Failures, decimal Attempts, IReadOnlyList<decimal> Tokens, decimal Cost);

/// <summary>What a subject used, model by model. The mean of several weeks is exact: sums divided once.</summary>
public sealed record MeanUse(IReadOnlyList<ModelUse> Models)
{
    public decimal Cost => Models.Sum(static model => model.Cost);
    public decimal Requests => Models.Sum(static model => model.Requests);
    public decimal Failures => Models.Sum(static model => model.Failures);
    public decimal Attempts => Models.Sum(static model => model.Attempts);
    public decimal Tokens => Models.Sum(static model => model.Tokens.Sum());

    /// <param name="stretches">Grouped by provider and model. None: nothing was used.</param>
    public static MeanUse Of(IReadOnlyList<Breakdown> stretches) => new([.. stretches
        .SelectMany(static stretch => stretch.Rows).GroupBy(static row => (Provider: row.Group[0] ?? "", Model: row.Group[1] ?? "")).OrderBy(static group => group.Key)
        .Select(group => Mean(group.Key.Provider, group.Key.Model, [.. group.Select(static row => row.Measures)], stretches.Count))]);

    private static ModelUse Mean(string provider, string model, IReadOnlyList<Measures> measures, decimal count) => new(
        provider, model, measures.Sum(static one => (decimal)one.Requests) / count, measures.Sum(static one => (decimal)one.Failures) / count, measures.Sum(static one => (decimal)one.Attempts) / count,
        [.. TokenCounts.Buckets.Select(bucket => measures.Sum(one => (decimal)one.Tokens[bucket]) / count)], measures.Sum(static one => one.Cost) / count);
}
