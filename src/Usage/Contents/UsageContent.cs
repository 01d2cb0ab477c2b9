namespace AgentConsole.Usage.Contents;

/// <summary>The texts of an event on its way to the store; there is at least one side.</summary>
internal sealed record UsageContent(KeptSide? Input, KeptSide? Output)
{
    /// <summary>Null when neither says anything.</summary>
    public static UsageContent? Of(MessageList input, MessageList output) =>
        (input.ToSide(), output.ToSide()) is var (said, answered) && (said ?? answered) is not null ? new(said, answered) : null;
}

/// <param name="Messages">JSON.</param>
/// <param name="Bytes">Of the texts as they came.</param>
internal sealed record KeptSide(string Messages, long Bytes, bool IsCut);
