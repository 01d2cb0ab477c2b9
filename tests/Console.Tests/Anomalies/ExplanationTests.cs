using AgentConsole.Anomalies;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Anomalies;

/// <summary>A difference of costs as a sum of parts.</summary>
public sealed class ExplanationTests
{
    private static readonly decimal[] Prices = [3, 0.3m, 3.75m, 6, 15, 15, 3, 15, 3, 15, 3, 0.3m];

    /// <summary>Whatever the two sides are: models that come and go, without tokens, without a price, only failures, nothing at all.</summary>
    [Fact]
    public void Parts_OfWhateverSides_SumToTheDifferenceToTheLastDecimal()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 400; round++)
        {
            var (now, expected, priced) = (Use(random), Use(random), random.Next(4) > 0);
            var why = Explanation.Of(now, expected, (_, model) => priced && model != "m-2" ? Prices : null);
            Assert.Equal(now.Cost - expected.Cost, why.Parts.Sum(static part => part.Usd));
            Assert.Equal(6, why.Parts.Count);
        }
    }

    [Fact]
    public void Volume_Doubled_IsAllVolume() => Only(CostFactor.Volume, 10, One(20), One(10));

    [Fact]
    public void Tokens_Doubled_IsAllTokensPerRequest() => Only(CostFactor.TokensPerRequest, One(10).Cost, One(10, scale: 2), One(10));

    [Fact]
    public void Cache_Broken_IsAllCache()
    {
        var (warm, cold) = (One(10, input: 100, cached: 900), One(10, input: 900, cached: 100));
        Only(CostFactor.Cache, cold.Cost - warm.Cost, cold, warm);
    }

    [Fact]
    public void Price_Raised_IsAllPrice()
    {
        var before = One(10);
        Only(CostFactor.Price, before.Cost, new([before.Models[0] with { Cost = before.Cost * 2 }]), before);
    }

    [Fact]
    public void Model_Dearer_IsAllChoiceOfModels()
    {
        var cheap = One(10).Models[0];
        Only(CostFactor.Models, cheap.Cost * 4, new([cheap with { Model = "dear", Cost = cheap.Cost * 5 }]), new([cheap]));
    }

    [Fact]
    public void Model_DearerAndAskedMore_IsBoth()
    {
        var cheap = One(10).Models[0];
        var why = Explanation.Of(new([One(10, scale: 2).Models[0] with { Model = "dear", Cost = cheap.Cost * 10 }]), new([cheap]), static (_, _) => Prices);
        Assert.True(why.Parts[(int)CostFactor.Models].Usd > 10 && why.Parts[(int)CostFactor.TokensPerRequest].Usd > 10);
        Assert.Equal(cheap.Cost * 9, why.Parts.Sum(static part => part.Usd));
    }

    [Fact]
    public void Failures_RepeatedForTheSameSuccess_AreAllFailures()
    {
        var (calm, wild) = (One(10), One(20));
        Only(CostFactor.Failures, wild.Cost - calm.Cost, new([wild.Models[0] with { Failures = 10 }]), calm);
    }

    [Fact]
    public void NothingExpected_IsAllVolume()
    {
        var why = Explanation.Of(One(10), MeanUse.Of([]), static (_, _) => Prices);
        Assert.Equal((CostFactor.Volume, One(10).Cost, 0m, 10m), why.Parts.Where(static part => part.Usd != 0).Select(static part => (part.Factor, part.Usd, part.Before!.Value, part.Now!.Value)).Single());
    }

    [Fact]
    public void Contributions_BeyondTheLeading_AreOthers_AndSumToTheWhole()
    {
        var all = Enumerable.Range(1, 20).Select(static at => new Contribution($"u-{at}", at, at * 1.5m, at)).ToList();
        var by = Contributions.Of("user", all);
        Assert.Equal(("u-20", Contributions.Most, 12), (by.Leading[0].Name, by.Leading.Count, by.OtherCount));
        Assert.Equal(all.Sum(static one => one.Excess), by.Leading.Sum(static one => one.Excess) + by.Others!.Excess);
    }

    private static void Only(CostFactor factor, decimal usd, MeanUse now, MeanUse expected)
    {
        var why = Explanation.Of(now, expected, static (_, _) => Prices);
        foreach (var part in why.Parts) Assert.Equal(part.Factor == factor ? usd : 0, part.Usd, 10);
    }

    /// <summary>A dollar a request, where it is ten of 100 fresh and 900 cached tokens.</summary>
    private static MeanUse One(decimal requests, decimal input = 200_000, decimal cached = 800_000, decimal scale = 1)
    {
        var tokens = new decimal[TokenCounts.BucketCount];
        (tokens[(int)TokenBucket.Input], tokens[(int)TokenBucket.CacheRead], tokens[(int)TokenBucket.Output]) = (requests * input * scale, requests * cached * scale, requests * 10_666.6666666666666667m * scale);
        var cost = input == 200_000 && scale == 1 ? requests : decimal.Round(tokens.Select(static (count, bucket) => count * Prices[bucket]).Sum() / 1_000_000, 12);
        return new([new("openai", "m-1", requests, 0, requests, tokens, cost)]);
    }

    private static MeanUse Use(Random random) => new([.. Enumerable.Range(0, random.Next(4)).Select(model =>
    {
        var requests = random.Next(5) == 0 ? 0 : random.Next(1, 1000) / 2m;
        var tokens = Enumerable.Range(0, TokenCounts.BucketCount).Select(_ => requests == 0 || random.Next(3) == 0 ? 0 : random.Next(0, 1_000_000) / 2m).ToArray();
        return new ModelUse("openai", $"m-{model}", requests, random.Next(3) == 0 ? requests : decimal.Floor(requests / random.Next(2, 9)), requests, tokens, requests == 0 ? 0 : decimal.Round(random.Next(1_000_000) / 7m, 12));
    })]);
}
