namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>How a provider's numbers can contradict themselves. Codes are part of the public contract.</summary>
public static class ConflictCodes
{
    /// <summary>More cached than input: the cache stands beside the input.</summary>
    public const string CacheExceedsInput = "cache_exceeds_input";
    /// <summary>More audio, image or video than input: it stands beside the input.</summary>
    public const string DetailsExceedInput = "details_exceed_input";
    /// <summary>More reasoning than output: it stands beside the output.</summary>
    public const string ReasoningExceedsOutput = "reasoning_exceeds_output";
    /// <summary>More audio or images than output: they stand beside the output.</summary>
    public const string DetailsExceedOutput = "details_exceed_output";
    /// <summary>The cached audio is more than the cache or the audio it is part of.</summary>
    public const string CachedAudioExceeds = "cached_audio_exceeds";
    /// <summary>The provider's total is not the sum of its parts; the parts count.</summary>
    public const string TotalMismatch = "total_mismatch";
    /// <summary>The cache writes by lifetime do not sum to their total; the larger reading counts, the rest as five minutes.</summary>
    public const string CacheWriteMismatch = "cache_write_mismatch";
    /// <summary>Output without input.</summary>
    public const string InputMissing = "input_missing";
    /// <summary>The object does not speak the declared dialect; it was read by its shape.</summary>
    public const string DialectMismatch = "dialect_mismatch";
    /// <summary>The object holds cache counts that the declared dialect does not know; they are not counted.</summary>
    public const string CacheUnread = "cache_unread";
    /// <summary>The object holds output that the declared dialect does not know; it is not counted.</summary>
    public const string OutputUnread = "output_unread";
    /// <summary>A part of the work was done by another model, whose tokens are not in these counts.</summary>
    public const string OtherModelUsed = "other_model_used";
}

/// <summary>Codes raised while reading; allocates only when there are any.</summary>
internal struct Conflicts
{
    private List<string>? _codes;

    public readonly IReadOnlyList<string> Codes => _codes is null ? [] : _codes;

    public void Add(string code)
    {
        _codes ??= [];
        if (!_codes.Contains(code))
            _codes.Add(code);
    }
}
