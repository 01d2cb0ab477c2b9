namespace AgentConsole.Usage;

/// <summary>A disjoint kind of token: every token of a request is in exactly one bucket.</summary>
public enum TokenBucket
{
    Input, CacheRead, CacheWrite5m, CacheWrite1h, Output, Reasoning,
    AudioInput, AudioOutput, ImageInput, ImageOutput, VideoInput, AudioCacheRead,
}

/// <summary>Disjoint token counts of one request or of many; unit: tokens. Their sum is the total.</summary>
public readonly record struct TokenCounts
{
    public const int BucketCount = 12;

    public static readonly TokenBucket[] Buckets = Enum.GetValues<TokenBucket>();

    /// <summary>Fresh text input: neither cached nor audio, image or video.</summary>
    public long Input { get; init; }
    public long CacheRead { get; init; }
    public long CacheWrite5m { get; init; }
    public long CacheWrite1h { get; init; }
    /// <summary>Text output without reasoning.</summary>
    public long Output { get; init; }
    public long Reasoning { get; init; }
    /// <summary>Fresh audio input; cached audio is in <see cref="AudioCacheRead"/>.</summary>
    public long AudioInput { get; init; }
    public long AudioOutput { get; init; }
    public long ImageInput { get; init; }
    public long ImageOutput { get; init; }
    public long VideoInput { get; init; }
    public long AudioCacheRead { get; init; }

    public long Total => checked(InputTotal + OutputTotal);

    /// <summary>Everything the model read, cached or not: what input-size price tiers look at.</summary>
    public long InputTotal => checked(Input + CacheRead + CacheWrite5m + CacheWrite1h + AudioInput + ImageInput + VideoInput + AudioCacheRead);

    public long OutputTotal => checked(Output + Reasoning + AudioOutput + ImageOutput);

    public long this[TokenBucket bucket] => bucket switch
    {
        TokenBucket.Input => Input,
        TokenBucket.CacheRead => CacheRead,
        TokenBucket.CacheWrite5m => CacheWrite5m,
        TokenBucket.CacheWrite1h => CacheWrite1h,
        TokenBucket.Output => Output,
        TokenBucket.Reasoning => Reasoning,
        TokenBucket.AudioInput => AudioInput,
        TokenBucket.AudioOutput => AudioOutput,
        TokenBucket.ImageInput => ImageInput,
        TokenBucket.ImageOutput => ImageOutput,
        TokenBucket.VideoInput => VideoInput,
        TokenBucket.AudioCacheRead => AudioCacheRead,
        _ => throw new ArgumentOutOfRangeException(nameof(bucket)),
    };

    /// <summary>The same counts with one bucket replaced.</summary>
    public TokenCounts With(TokenBucket bucket, long count) => bucket switch
    {
        TokenBucket.Input => this with { Input = count },
        TokenBucket.CacheRead => this with { CacheRead = count },
        TokenBucket.CacheWrite5m => this with { CacheWrite5m = count },
        TokenBucket.CacheWrite1h => this with { CacheWrite1h = count },
        TokenBucket.Output => this with { Output = count },
        TokenBucket.Reasoning => this with { Reasoning = count },
        TokenBucket.AudioInput => this with { AudioInput = count },
        TokenBucket.AudioOutput => this with { AudioOutput = count },
        TokenBucket.ImageInput => this with { ImageInput = count },
        TokenBucket.ImageOutput => this with { ImageOutput = count },
        TokenBucket.VideoInput => this with { VideoInput = count },
        TokenBucket.AudioCacheRead => this with { AudioCacheRead = count },
        _ => throw new ArgumentOutOfRangeException(nameof(bucket)),
    };

    /// <param name="counts">One of each bucket, in their order.</param>
    internal static TokenCounts Of(ReadOnlySpan<long> counts) => new()
    {
        Input = counts[(int)TokenBucket.Input],
        CacheRead = counts[(int)TokenBucket.CacheRead],
        CacheWrite5m = counts[(int)TokenBucket.CacheWrite5m],
        CacheWrite1h = counts[(int)TokenBucket.CacheWrite1h],
        Output = counts[(int)TokenBucket.Output],
        Reasoning = counts[(int)TokenBucket.Reasoning],
        AudioInput = counts[(int)TokenBucket.AudioInput],
        AudioOutput = counts[(int)TokenBucket.AudioOutput],
        ImageInput = counts[(int)TokenBucket.ImageInput],
        ImageOutput = counts[(int)TokenBucket.ImageOutput],
        VideoInput = counts[(int)TokenBucket.VideoInput],
        AudioCacheRead = counts[(int)TokenBucket.AudioCacheRead],
    };

    public static TokenCounts operator +(in TokenCounts a, in TokenCounts b) => checked(new TokenCounts
    {
        Input = a.Input + b.Input,
        CacheRead = a.CacheRead + b.CacheRead,
        CacheWrite5m = a.CacheWrite5m + b.CacheWrite5m,
        CacheWrite1h = a.CacheWrite1h + b.CacheWrite1h,
        Output = a.Output + b.Output,
        Reasoning = a.Reasoning + b.Reasoning,
        AudioInput = a.AudioInput + b.AudioInput,
        AudioOutput = a.AudioOutput + b.AudioOutput,
        ImageInput = a.ImageInput + b.ImageInput,
        ImageOutput = a.ImageOutput + b.ImageOutput,
        VideoInput = a.VideoInput + b.VideoInput,
        AudioCacheRead = a.AudioCacheRead + b.AudioCacheRead,
    });
}

public static class TokenBuckets
{
    private static readonly string[] Names =
        [.. TokenCounts.Buckets.Select(static bucket => char.ToLowerInvariant(bucket.ToString()[0]) + bucket.ToString()[1..])];

    /// <summary>The bucket's name in the public API, such as <c>cacheWrite5m</c>.</summary>
    public static string Name(this TokenBucket bucket) => Names[(int)bucket];

    private static readonly string[] ColumnNames =
        ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "audio_input", "audio_output", "image_input", "image_output", "video_input", "audio_cache_read"];

    /// <summary>The bucket's column in the ledger and the rollups.</summary>
    internal static string Column(this TokenBucket bucket) => ColumnNames[(int)bucket];

    public static TokenBucket? Parse(string name) => Array.IndexOf(Names, name) is var index and >= 0 ? (TokenBucket)index : null;
}
