using AgentConsole.Usage;

namespace AgentConsole.Pricing;

/// <summary>
/// USD per million tokens by bucket, as published, plus what a bucket without its own price is charged at:
/// the price of the nearest wider kind of token (reasoning is output, a cached token is an input token, and so on).
/// Where there is no wider kind either, the bucket has no price, which is not the price 0.
/// </summary>
public sealed class UnitPrices : IEquatable<UnitPrices>
{
    /// <summary>A higher price per million is a typing error, and would make the arithmetic inexact.</summary>
    public const decimal MaxPerMillion = 1_000_000m;

    public static readonly UnitPrices None = new([]);

    private readonly decimal?[] _published = new decimal?[TokenCounts.BucketCount];
    private readonly decimal[] _charged = new decimal[TokenCounts.BucketCount];
    private readonly sbyte[] _basis = new sbyte[TokenCounts.BucketCount];

    public UnitPrices(IEnumerable<KeyValuePair<TokenBucket, decimal>> perMillion)
    {
        foreach (var (bucket, price) in perMillion)
            _published[(int)bucket] = price;
        foreach (var bucket in TokenCounts.Buckets)
            SetCharged(bucket);
    }

    public bool IsEmpty => Array.TrueForAll(_published, static price => price is null);

    /// <summary>The published price; null when there is none for this kind of token.</summary>
    public decimal? this[TokenBucket bucket] => _published[(int)bucket];

    public IEnumerable<KeyValuePair<TokenBucket, decimal>> Published =>
        from bucket in TokenCounts.Buckets
        let price = this[bucket]
        where price is not null
        select KeyValuePair.Create(bucket, price.Value);

    /// <summary>What a token of this kind is charged at, and by the price of which kind.</summary>
    public bool TryCharge(TokenBucket bucket, out decimal perMillion, out TokenBucket pricedAs)
    {
        perMillion = _charged[(int)bucket];
        pricedAs = (TokenBucket)_basis[(int)bucket];
        return _basis[(int)bucket] >= 0;
    }

    /// <summary>The same prices, each multiplied.</summary>
    public UnitPrices Times(decimal factor) => new(Published.Select(pair => KeyValuePair.Create(pair.Key, pair.Value * factor)));

    public UnitPrices With(TokenBucket bucket, decimal perMillion) => new(Published.Append(KeyValuePair.Create(bucket, perMillion)));

    public bool Equals(UnitPrices? other) => other is not null && _published.AsSpan().SequenceEqual(other._published);

    public override bool Equals(object? obj) => Equals(obj as UnitPrices);

    public override int GetHashCode() => HashCode.Combine(this[TokenBucket.Input], this[TokenBucket.Output]);

    private void SetCharged(TokenBucket bucket)
    {
        _basis[(int)bucket] = -1;
        foreach (var basis in ChargedAs(bucket))
        {
            if (this[basis] is not { } price)
                continue;
            (_charged[(int)bucket], _basis[(int)bucket]) = (price, (sbyte)basis);
            return;
        }
    }

    private static TokenBucket[] ChargedAs(TokenBucket bucket) => bucket switch
    {
        TokenBucket.Input => [TokenBucket.Input],
        TokenBucket.CacheRead => [TokenBucket.CacheRead, TokenBucket.Input],
        TokenBucket.CacheWrite5m => [TokenBucket.CacheWrite5m, TokenBucket.Input],
        TokenBucket.CacheWrite1h => [TokenBucket.CacheWrite1h, TokenBucket.CacheWrite5m, TokenBucket.Input],
        TokenBucket.Output => [TokenBucket.Output],
        TokenBucket.Reasoning => [TokenBucket.Reasoning, TokenBucket.Output],
        TokenBucket.AudioInput => [TokenBucket.AudioInput, TokenBucket.Input],
        TokenBucket.AudioOutput => [TokenBucket.AudioOutput, TokenBucket.Output],
        TokenBucket.ImageInput => [TokenBucket.ImageInput, TokenBucket.Input],
        TokenBucket.ImageOutput => [TokenBucket.ImageOutput, TokenBucket.Output],
        TokenBucket.VideoInput => [TokenBucket.VideoInput, TokenBucket.Input],
        TokenBucket.AudioCacheRead => [TokenBucket.AudioCacheRead, TokenBucket.CacheRead, TokenBucket.AudioInput, TokenBucket.Input],
        _ => throw new ArgumentOutOfRangeException(nameof(bucket)),
    };
}
