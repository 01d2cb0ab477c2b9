using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Pages;

/// <summary>What the conflict codes are called, and what they mean for the reader.</summary>
public static class ConflictWords
{
    public static string Label(string code) => code switch
    {
        UsageCost.ReportedDiffers => "Reported cost differs",
        _ when code.Length > 0 => char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' '),
        _ => code,
    };

    public static string Meaning(string code) => code switch
    {
        UsageCost.ReportedDiffers => "The sender's own cost is more than 1 % off ours. Ours counts.",
        ConflictCodes.CacheExceedsInput => "More cached tokens than input: the cache was counted beside the input.",
        ConflictCodes.DetailsExceedInput => "More audio, image or video than input: it was counted beside the input.",
        ConflictCodes.ReasoningExceedsOutput => "More reasoning than output: it was counted beside the output.",
        ConflictCodes.DetailsExceedOutput => "More audio or images than output: they were counted beside the output.",
        ConflictCodes.CachedAudioExceeds => "The cached audio is more than the cache or the audio it is part of.",
        ConflictCodes.TotalMismatch => "The provider's total is not the sum of its parts. The parts count.",
        ConflictCodes.CacheWriteMismatch => "The cache writes by lifetime do not sum to their total. The larger reading counts.",
        ConflictCodes.InputMissing => "Output without input.",
        ConflictCodes.DialectMismatch => "The usage is not in the declared dialect; it was read by its shape.",
        ConflictCodes.CacheUnread => "Holds cache counts that the declared dialect does not know; they are not counted.",
        ConflictCodes.OutputUnread => "Holds output that the declared dialect does not know; it is not counted.",
        ConflictCodes.OtherModelUsed => "Another model did a part of the work; its tokens are not in these counts.",
        _ => "The sender's numbers contradict each other.",
    };
}
