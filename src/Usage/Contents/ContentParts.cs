using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentConsole.Usage.Contents;

/// <summary>The parts of one message: texts, thoughts, tool calls and their results, and media, of which only the size is kept.</summary>
internal static class ContentParts
{
    private static readonly FrozenSet<string> Calls = FrozenSet.Create("tool_use", "server_tool_use", "mcp_tool_use", "tool_call", "function_call", "custom_tool_call", "mcp_call", "tool-call", "function");
    private static readonly FrozenSet<string> Results = FrozenSet.Create("tool_result", "mcp_tool_result", "web_search_tool_result", "function_call_output", "custom_tool_call_output", "tool_call_response", "tool-result");
    private static readonly FrozenSet<string> Thoughts = FrozenSet.Create("thinking", "redacted_thinking", "reasoning");
    private static readonly FrozenSet<string> Media = FrozenSet.Create(
        "image", "image_url", "input_image", "input_audio", "audio", "output_audio", "file", "input_file", "document", "video", "video_url", "blob", "uri", "media", "image_generation_call");
    private static readonly string[] MediaFields = ["inlineData", "inline_data", "fileData", "file_data", "image", "document", "video"];
    private static readonly string[] TextFields = ["text", "content", "refusal"];

    /// <summary>Whether it stands inside of a message, and is none itself.</summary>
    public static bool IsPart(JsonElement item) =>
        (MessageReader.Text(item, "type") is { } type && type != "message" && (type is "text" or "input_text" or "output_text" or "refusal" || Calls.Contains(type) || Results.Contains(type) || Thoughts.Contains(type) || Media.Contains(type)))
        || Google(item) is not null || MediaFields.Any(name => MessageReader.Get(item, name) is { ValueKind: JsonValueKind.Object });

    public static void ReadAll(JsonElement content, MessageList into)
    {
        if (content.ValueKind != JsonValueKind.Array) Read(content, into);
        else
            foreach (var part in content.EnumerateArray()) Read(part, into);
    }

    public static void Read(JsonElement part, MessageList into)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            into.Add(part.ValueKind == JsonValueKind.String ? ContentKinds.Text : ContentKinds.Other, part);
            return;
        }
        var type = MessageReader.Text(part, "type");
        if (type is not null && Calls.Contains(type)) ReadCall(part, into);
        else if (type is not null && Results.Contains(type)) AddResult(part, into);
        else if (type is not null && Thoughts.Contains(type)) into.Add(ContentKinds.Reasoning, First(part, "thinking", "content", "text", "summary") ?? part);
        else if (type is not null && Media.Contains(type)) AddMedia(part, type, into);
        else if (Google(part) is { } google) ReadGoogle(google.Name, google.Value, into);
        else if (MediaFields.FirstOrDefault(name => MessageReader.Get(part, name) is { ValueKind: JsonValueKind.Object }) is { } media) AddMedia(part, media, into);
        else if (First(part, TextFields) is { ValueKind: JsonValueKind.String } text) into.Add(ContentKinds.Text, text);
        else into.Add(ContentKinds.Other, part);
    }

    /// <summary>OpenAI puts the name and arguments one level down.</summary>
    public static void ReadCall(JsonElement call, MessageList into)
    {
        var function = MessageReader.Get(call, "function") is { ValueKind: JsonValueKind.Object } inner ? inner : call;
        var name = MessageReader.NameOf(function) ?? MessageReader.Text(function, "toolName");
        if (First(function, "arguments", "input", "args") is { } arguments) into.Add(ContentKinds.ToolCall, arguments, name ?? "?");
        else into.Add(ContentKinds.ToolCall, "", name ?? "?");
    }

    /// <summary>Gemini and Bedrock name the kind by the field.</summary>
    private static (string Name, JsonElement Value)? Google(JsonElement part)
    {
        foreach (var name in new[] { "functionCall", "toolUse", "functionResponse", "toolResult", "reasoningContent" })
            if (MessageReader.Get(part, name) is { ValueKind: JsonValueKind.Object } value) return (name, value);
        return null;
    }

    private static void ReadGoogle(string name, JsonElement value, MessageList into)
    {
        if (name is "functionCall" or "toolUse") ReadCall(value, into);
        else if (name == "reasoningContent") into.Add(ContentKinds.Reasoning, MessageReader.Get(value, "reasoningText") is { } inner ? First(inner, "text") ?? inner : value);
        else AddResult(value, into);
    }

    private static void AddResult(JsonElement part, MessageList into)
    {
        var result = First(part, "content", "output", "response", "result") ?? part;
        var name = MessageReader.NameOf(part) ?? MessageReader.Text(part, "tool_use_id") ?? MessageReader.Text(part, "call_id") ?? MessageReader.Text(part, "id") ?? MessageReader.Text(part, "toolUseId");
        // A single text in a list is that text.
        if (result.ValueKind == JsonValueKind.Array && result.GetArrayLength() == 1 && First(result[0], "text") is { ValueKind: JsonValueKind.String } only) result = only;
        into.Add(ContentKinds.ToolResult, result, name);
    }

    private static void AddMedia(JsonElement part, string type, MessageList into) => into.Add(
        ContentKinds.Media, string.Create(CultureInfo.InvariantCulture, $"{type.Replace('_', ' ')}, {JsonMarshal.GetRawUtf8Value(part).Length} bytes, not kept"));

    private static JsonElement? First(JsonElement part, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (MessageReader.Get(part, name) is { } value) return value;
        return null;
    }
}
