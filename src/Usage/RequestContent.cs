namespace AgentConsole.Usage;

/// <summary>What was said in one request.</summary>
/// <param name="Input">Null when none came.</param>
public sealed record RequestContent(ContentSide? Input, ContentSide? Output, DateTimeOffset StoredAt, DateTimeOffset ExpiresAt);

/// <summary>One side of it, message by message.</summary>
/// <param name="Bytes">Of its texts as they came, in UTF-8.</param>
/// <param name="IsCut">Whether something is missing at the end, for being beyond <see cref="MaxBytes"/>.</param>
public sealed record ContentSide(IReadOnlyList<ContentMessage> Messages, long Bytes, bool IsCut)
{
    /// <summary>Bytes of a side that are kept.</summary>
    public const int MaxBytes = 64 * 1024;
}

/// <param name="Role">As the sender names it: system, user, assistant, tool.</param>
public sealed record ContentMessage(string Role, IReadOnlyList<ContentPart> Parts);

/// <param name="Kind">One of <see cref="ContentKinds"/>.</param>
/// <param name="Text">Plain text, whatever it looks like; of a tool call its arguments.</param>
/// <param name="Name">Of the tool.</param>
public sealed record ContentPart(string Kind, string Text, string? Name = null);

public static class ContentKinds
{
    public const string Text = "text";
    public const string Reasoning = "reasoning";
    public const string ToolCall = "toolCall";
    public const string ToolResult = "toolResult";
    /// <summary>A picture, a sound, a file: told, never kept.</summary>
    public const string Media = "media";
    /// <summary>JSON of a shape that is not known, as it came.</summary>
    public const string Other = "other";
}
