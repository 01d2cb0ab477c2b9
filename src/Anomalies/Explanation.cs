using System.Numerics;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <summary>Why a cost is another than expected: what each is made of, in the order in which it is told.</summary>
public enum CostFactor { Volume, Failures, Models, TokensPerRequest, Cache, Price }

/// <param name="Usd">What of the difference is its; below zero where it made the cost smaller.</param>
/// <param name="Before">The factor's own measure as expected: requests that succeeded, the share that failed, tokens per request, the share of input from the cache; null where it has none or nothing was expected.</param>
/// <param name="Now">The same as it is.</param>
public sealed record CostPart(CostFactor Factor, decimal Usd, decimal? Before, decimal? Now);

/// <summary>
/// The difference of two costs as a sum of parts. A cost is: requests that succeeded, times requests for each of those (failures), times the share of each model, times its tokens per request by kind and
/// by how they were cached, at its prices. Each factor's part is its Shapley value: the mean, over every order in which the factors could have changed one after the other, of what its own change
/// makes; so no order is favoured. Prices are those that the rollups imply, which know what a model cost and not what each kind of token did: the price list only weighs the kinds against each other.
/// </summary>
/// <param name="Parts">Sum to the difference exactly: what rounding to 12 decimals leaves is in <see cref="CostFactor.Price"/>.</param>
public sealed record Explanation(MeanUse Now, MeanUse Expected, IReadOnlyList<CostPart> Parts)
{
    private const int Decimals = 12;

    private static readonly CostFactor[] Factors = Enum.GetValues<CostFactor>();
    private static readonly bool[] IsInput = [.. TokenCounts.Buckets.Select(static bucket => new TokenCounts().With(bucket, 1).InputTotal == 1)];

    /// <summary>Of an order of six, how often a factor follows exactly those n others: n! (5 - n)! / 6!.</summary>
    private static readonly decimal[] Weights = [1 / 6m, 1 / 30m, 1 / 60m, 1 / 60m, 1 / 30m, 1 / 6m];

    public decimal Difference => Now.Cost - Expected.Cost;

    /// <param name="weights">What a token of each kind costs by the price list, by provider and model; only their proportions count. Null: no price is known.</param>
    public static Explanation Of(MeanUse now, MeanUse expected, Func<string, string, IReadOnlyList<decimal>?> weights)
    {
        var parts = now.Requests == 0 || expected.Requests == 0 ? Factors.ToDictionary(static factor => factor, static _ => 0m) : Shapley(now, expected, weights);
        var difference = now.Cost - expected.Cost;
        // Where nothing was expected, or nothing came, there is nothing to compare but that.
        var rest = now.Requests == 0 || expected.Requests == 0 ? CostFactor.Volume : CostFactor.Price;
        parts[rest] = difference - Factors.Where(factor => factor != rest).Sum(factor => parts[factor]);
        return new(now, expected, [.. Factors.Select(factor => new CostPart(factor, parts[factor], Measure(factor, expected), Measure(factor, now)))]);
    }

    private static Dictionary<CostFactor, decimal> Shapley(MeanUse now, MeanUse expected, Func<string, string, IReadOnlyList<decimal>?> weights)
    {
        var models = now.Models.Concat(expected.Models).Where(static model => model.Requests > 0).Select(static model => (model.Provider, model.Model)).Distinct()
            .Select(model => new ModelTerms(Find(expected, model), Find(now, model), Whole(expected), Whole(now), weights(model.Provider, model.Model))).ToList();
        var values = Enumerable.Range(0, 1 << Factors.Length).Select(changed => Value(changed, now, expected, models)).ToArray();
        return Factors.ToDictionary(static factor => factor, factor => decimal.Round(
            Enumerable.Range(0, values.Length).Where(changed => !Has(changed, factor)).Sum(changed => Weights[BitOperations.PopCount((uint)changed)] * (values[changed | 1 << (int)factor] - values[changed])), Decimals));
    }

    /// <summary>The cost if those factors were as they are now, and the others as expected.</summary>
    private static decimal Value(int changed, MeanUse now, MeanUse expected, List<ModelTerms> models)
    {
        var (volume, failures) = (Has(changed, CostFactor.Volume) ? now : expected, Has(changed, CostFactor.Failures) ? now : expected);
        return Succeeded(volume) * (failures.Requests / Succeeded(failures)) * models.Sum(model => model.Value(changed));
    }

    private static bool Has(int changed, CostFactor factor) => (changed & 1 << (int)factor) != 0;

    /// <summary>Where all fail, there are no more requests for each that succeeds: the volume is then all of them.</summary>
    private static decimal Succeeded(MeanUse use) => use.Requests > use.Failures ? use.Requests - use.Failures : use.Requests;

    private static decimal? Measure(CostFactor factor, MeanUse use) => use.Requests == 0 ? (factor == CostFactor.Volume ? 0 : null) : factor switch
    {
        CostFactor.Volume => Succeeded(use),
        CostFactor.Failures => use.Failures / use.Requests,
        CostFactor.TokensPerRequest => use.Tokens / use.Requests,
        CostFactor.Cache => Input(use) == 0 ? null : use.Models.Sum(static model => model.Tokens[(int)TokenBucket.CacheRead] + model.Tokens[(int)TokenBucket.AudioCacheRead]) / Input(use),
        _ => null,
    };

    private static decimal Input(MeanUse use) => use.Models.Sum(static model => Input(model.Tokens));

    private static decimal Input(IReadOnlyList<decimal> tokens) => tokens.Where(static (_, bucket) => IsInput[bucket]).Sum();

    private static ModelUse? Find(MeanUse use, (string Provider, string Model) name) => use.Models.FirstOrDefault(model => model.Requests > 0 && (model.Provider, model.Model) == name);

    /// <summary>Of all models together.</summary>
    private static ModelUse Whole(MeanUse use) => new("", "", use.Requests, use.Failures, use.Attempts, [.. TokenCounts.Buckets.Select(bucket => use.Models.Sum(model => model.Tokens[(int)bucket]))], use.Cost);

    /// <summary>
    /// One model's cost per request of all, taken apart. On a side on which it was not used it is taken to have been used as all were there, at its price on the other: so a larger request to another
    /// model is told as larger and as dearer.
    /// </summary>
    private sealed class ModelTerms
    {
        private readonly decimal[] _share, _input, _price;
        /// <summary>Per token of input, by how it was cached; and the rest per request. Weighed by the price list.</summary>
        private readonly decimal[] _cached, _output;
        private readonly decimal _base;

        public ModelTerms(ModelUse? expected, ModelUse? now, ModelUse allExpected, ModelUse allNow, IReadOnlyList<decimal>? weights)
        {
            ModelUse[] sides = [expected ?? allExpected, now ?? allNow];
            var weigh = weights is null || sides.Any(side => side.Tokens.Select((count, bucket) => count * weights[bucket]).Sum() <= 0) ? [.. IsInput.Select(static _ => 1m)] : weights;
            _base = sides.Any(static side => side.Tokens.Sum() == 0) ? 1 : 0;
            _share = [expected is null ? 0 : expected.Requests / allExpected.Requests, now is null ? 0 : now.Requests / allNow.Requests];
            _input = [.. sides.Select(static side => Input(side.Tokens) / side.Requests)];
            _cached = [.. sides.Select((side, at) => Cached(side, weigh) ?? Cached(sides[1 - at], weigh) ?? 0)];
            _output = [.. sides.Select(side => side.Tokens.Select((count, bucket) => IsInput[bucket] ? 0 : count * weigh[bucket]).Sum() / side.Requests)];
            _price = [.. sides.Select((side, at) => side.Cost / side.Requests / (_base + _input[at] * _cached[at] + _output[at]))];
            if (expected is null) _price[0] = _price[1];
            if (now is null) _price[1] = _price[0];
        }

        public decimal Value(int changed)
        {
            int At(CostFactor factor) => Has(changed, factor) ? 1 : 0;
            var tokens = At(CostFactor.TokensPerRequest);
            return _share[At(CostFactor.Models)] * (_base + _input[tokens] * _cached[At(CostFactor.Cache)] + _output[tokens]) * _price[At(CostFactor.Price)];
        }

        private static decimal? Cached(ModelUse side, IReadOnlyList<decimal> weigh) =>
            Input(side.Tokens) is > 0 and var input ? side.Tokens.Select((count, bucket) => IsInput[bucket] ? count * weigh[bucket] : 0).Sum() / input : null;
    }
}
