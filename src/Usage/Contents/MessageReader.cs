using System.Text.Json;

namespace AgentConsole.Usage.Contents;

/// <summary>
/// Reads what providers, gateways and instrumentations call messages: lists of them, one of them, the body of a request or an answer around them, or plain text. The shapes are those of
/// OpenAI (chat and responses), Anthropic, Gemini, Bedrock and the GenAI conventions of OpenTelemetry. What has none of them is kept as the JSON that it is.
/// </summary>
internal static class MessageReader
{
    /// <summary>Bodies within bodies; deeper, and the JSON is kept as it is.</summary>
    private const int MaxDepth = 8;

    /// <summary>Where a body has its messages, in the order in which they were said.</summary>
    private static readonly (string Name, string? Role)[] Wrapped =
    [
        ("system", "system"), ("systemInstruction", "system"), ("system_instruction", "system"), ("instructions", "system"), ("messages", null), ("contents", null), ("prompt", null), ("input", null),
        ("choices", null), ("candidates", null), ("output", null), ("response", null), ("message", null), ("delta", null), ("content", null), ("completion", null), ("generated_text", null), ("outputText", null), ("text", null),
    ];

    /// <summary>These of them are text, or something else altogether.</summary>
    private static readonly string[] OnlyText = ["completion", "generated_text", "outputText", "text"];

    /// <param name="role">Whose words they are where they do not say it.</param>
    public static void Read(JsonElement value, string role, MessageList into, int depth = 0)
    {
        if (depth > MaxDepth) AddAlone(value, role, into);
        else if (value.ValueKind == JsonValueKind.Array) ReadList(value, role, into, depth);
        else if (value.ValueKind == JsonValueKind.Object) ReadObject(value, role, into, depth);
        else if (value.ValueKind == JsonValueKind.String) AddAlone(value, role, into);
    }

    /// <summary>Text that may be JSON, as attributes of spans are.</summary>
    public static void Read(string text, string role, MessageList into)
    {
        if (text.AsSpan().TrimStart() is ['[' or '{', ..])
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                Read(json.RootElement, role, into);
                return;
            }
            catch (JsonException)
            {
                // Then it is text that begins like JSON.
            }
            catch (InvalidOperationException)
            {
                // A name in it that is no text ends the reading; what was read stays.
                return;
            }
        }
        if (text.Length == 0) return;
        into.Begin(role);
        into.Add(ContentKinds.Text, text);
    }

    /// <summary>Messages, or parts of one: neighbours without a role of their own are one message.</summary>
    private static void ReadList(JsonElement list, string role, MessageList into, int depth)
    {
        var inMessage = false;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && (IsMessage(item) || IsBody(item)))
            {
                inMessage = false;
                ReadObject(item, role, into, depth + 1);
                continue;
            }
            if (!inMessage) into.Begin(role);
            inMessage = true;
            ContentParts.Read(item, into);
        }
    }

    private static void ReadObject(JsonElement item, string role, MessageList into, int depth)
    {
        if (IsMessage(item))
        {
            ReadMessage(item, Text(item, "role") ?? role, into);
            return;
        }
        if (ContentParts.IsPart(item))
        {
            into.Begin(role);
            ContentParts.Read(item, into);
            return;
        }
        var found = false;
        foreach (var (name, own) in Wrapped)
        {
            if (Get(item, name) is not { ValueKind: JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object } inner) continue;
            if (inner.ValueKind != JsonValueKind.String && OnlyText.Contains(name)) continue;
            found = true;
            Read(inner, own ?? role, into, depth + 1);
        }
        if (!found) AddAlone(item, role, into);
    }

    private static void ReadMessage(JsonElement message, string role, MessageList into)
    {
        into.Begin(role);
        foreach (var name in new[] { "reasoning_content", "reasoning" })
            if (Get(message, name) is { ValueKind: JsonValueKind.String } thought) into.Add(ContentKinds.Reasoning, thought);
        var isResult = role is "tool" or "function";
        foreach (var name in new[] { "content", "parts", "refusal" })
            if (Get(message, name) is { } content)
            {
                if (isResult && content.ValueKind == JsonValueKind.String) into.Add(ContentKinds.ToolResult, content, NameOf(message) ?? Text(message, "tool_call_id"));
                else ContentParts.ReadAll(content, into);
            }
        if (Get(message, "tool_calls") is { ValueKind: JsonValueKind.Array } calls)
            foreach (var call in calls.EnumerateArray()) ContentParts.ReadCall(call, into);
        if (Get(message, "function_call") is { ValueKind: JsonValueKind.Object } old) ContentParts.ReadCall(old, into);
    }

    private static bool IsMessage(JsonElement item) => Text(item, "role") is not null || Get(item, "parts") is { ValueKind: JsonValueKind.Array };

    /// <summary>One of several choices or answers.</summary>
    private static bool IsBody(JsonElement item) => !ContentParts.IsPart(item) && (Get(item, "message") ?? Get(item, "delta") ?? Get(item, "content")) is { ValueKind: JsonValueKind.Object };

    private static void AddAlone(JsonElement value, string role, MessageList into)
    {
        into.Begin(role);
        into.Add(value.ValueKind == JsonValueKind.String ? ContentKinds.Text : ContentKinds.Other, value);
    }

    internal static string? NameOf(JsonElement item) => Text(item, "name");

    internal static string? Text(JsonElement item, string name) => Get(item, name) is { } value ? MessageList.TextOf(value) : null;

    /// <summary>The field, unless it is absent, null, or has a name that is no text.</summary>
    internal static JsonElement? Get(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;
}
