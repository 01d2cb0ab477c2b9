using System.Collections.Frozen;
using System.Globalization;
using AgentConsole.Usage.Contents;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>
/// What was said, as a span tells it: in attributes of several conventions, in numbered attributes, or in events. The first convention that says something counts, so that what is told
/// twice is kept once. Read only for tenants that have texts stored.
/// </summary>
internal sealed class SpanTexts
{
    private const string System = "gen_ai.system_instructions";

    /// <summary>Whole sides, as JSON or text; the current convention first.</summary>
    private static readonly string[]
        Inputs = ["gen_ai.input.messages", "gen_ai.prompt", "ai.prompt.messages", "ai.prompt", "langfuse.observation.input", "input.value", "traceloop.entity.input", "span.input", "trace.input"],
        Outputs = ["gen_ai.output.messages", "gen_ai.completion", "ai.response.text", "langfuse.observation.output", "output.value", "traceloop.entity.output", "span.output", "trace.output"];

    /// <summary>Sides in numbered attributes: <c>gen_ai.prompt.0.role</c>, <c>llm.input_messages.0.message.content</c>.</summary>
    private static readonly string[] NumberedInputs = ["gen_ai.prompt.", "llm.input_messages."], NumberedOutputs = ["gen_ai.completion.", "llm.output_messages."];

    private const string SdkCalls = "ai.response.toolCalls";

    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet([System, SdkCalls, .. Inputs, .. Outputs]);

    /// <summary>Events that are one message each, and whose.</summary>
    private static readonly FrozenDictionary<string, string> MessageEvents = new Dictionary<string, string>
    {
        ["gen_ai.system.message"] = "system", ["gen_ai.user.message"] = "user", ["gen_ai.assistant.message"] = "assistant", ["gen_ai.tool.message"] = "tool", ["gen_ai.choice"] = "assistant",
    }.ToFrozenDictionary();

    private const string Choice = "gen_ai.choice";

    /// <summary>Events whose attributes are those that a span has elsewhere.</summary>
    private static readonly FrozenSet<string> DetailEvents = FrozenSet.Create("gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "gen_ai.content.completion");

    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private readonly List<(string Name, Dictionary<string, string> Attributes)> _messages = [];

    public static bool IsRead(string attribute) => Names.Contains(attribute) || Numbered(attribute);

    public static bool IsEvent(string name) => MessageEvents.ContainsKey(name) || DetailEvents.Contains(name);

    /// <param name="text">Text, or the JSON of a value that has a shape.</param>
    public void Add(string attribute, string text) => _attributes.TryAdd(attribute, text);

    public void AddEvent(string name, Dictionary<string, string> attributes)
    {
        if (MessageEvents.ContainsKey(name)) _messages.Add((name, attributes));
        else
            foreach (var (attribute, text) in attributes.Where(static pair => IsRead(pair.Key))) Add(attribute, text);
    }

    public UsageContent? Read()
    {
        var (input, output) = (new MessageList(), new MessageList());
        if (_attributes.TryGetValue(System, out var instructions)) MessageReader.Read(instructions, "system", input);
        var (said, answered) = (Read(Inputs, NumberedInputs, "user", input), Read(Outputs, NumberedOutputs, "assistant", output));
        if (_attributes.TryGetValue(SdkCalls, out var calls)) MessageReader.Read(calls, "assistant", output);
        ReadEvents(said ? null : input, answered ? null : output);
        return UsageContent.Of(input, output);
    }

    /// <summary>Whether there was any.</summary>
    private bool Read(string[] names, string[] numbered, string role, MessageList into)
    {
        foreach (var name in names)
            if (_attributes.TryGetValue(name, out var text) && text.Length > 0)
            {
                MessageReader.Read(text, role, into);
                return true;
            }
        return numbered.Any(prefix => ReadNumbered(prefix, role, into));
    }

    /// <summary>Each number is a message: its role, its content, its tool calls, numbered themselves.</summary>
    private bool ReadNumbered(string prefix, string otherwise, MessageList into)
    {
        var messages = _attributes.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => (Number: NumberIn(pair.Key, prefix.Length), pair.Key, pair.Value))
            .Where(static field => field.Number >= 0).GroupBy(static field => field.Number).OrderBy(static message => message.Key);
        var any = false;
        foreach (var message in messages)
        {
            any = true;
            var fields = message.ToDictionary(field => FieldIn(field.Key, prefix.Length), static field => field.Value, StringComparer.Ordinal);
            into.Begin(fields.GetValueOrDefault("role") is { Length: > 0 } role ? role : otherwise);
            foreach (var (_, text) in fields.Where(static field => field.Key is "content" or "text" || field.Key.EndsWith(".text", StringComparison.Ordinal)).OrderBy(static field => field.Key, StringComparer.Ordinal))
                into.Add(ContentKinds.Text, text);
            foreach (var (name, tool) in fields.Where(static field => field.Key.EndsWith(".name", StringComparison.Ordinal)).OrderBy(static field => field.Key, StringComparer.Ordinal))
                into.Add(ContentKinds.ToolCall, fields.GetValueOrDefault(name[..^"name".Length] + "arguments") ?? "", tool);
        }
        return any;
    }

    /// <summary>Null for a side that is told already.</summary>
    private void ReadEvents(MessageList? input, MessageList? output)
    {
        foreach (var (name, fields) in _messages)
        {
            if ((name == Choice ? output : input) is not { } into) continue;
            var role = fields.GetValueOrDefault("role") is { Length: > 0 } told ? told : MessageEvents[name];
            foreach (var field in new[] { "content", "message", "gen_ai.event.content" })
                if (fields.TryGetValue(field, out var text)) MessageReader.Read(text, role, into);
            if (fields.TryGetValue("tool_calls", out var calls)) MessageReader.Read(calls, role, into);
        }
    }

    /// <summary>Not <c>gen_ai.prompt.name</c>, which is a template's: a number comes first.</summary>
    private static bool Numbered(string attribute)
    {
        foreach (var prefix in NumberedInputs)
            if (attribute.StartsWith(prefix, StringComparison.Ordinal)) return NumberIn(attribute, prefix.Length) >= 0;
        foreach (var prefix in NumberedOutputs)
            if (attribute.StartsWith(prefix, StringComparison.Ordinal)) return NumberIn(attribute, prefix.Length) >= 0;
        return false;
    }

    private static int NumberIn(string attribute, int from)
    {
        var dot = attribute.IndexOf('.', from);
        return dot > from && int.TryParse(attribute.AsSpan(from, dot - from), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    /// <summary>What is behind the number, without the level that OpenInference puts between.</summary>
    private static string FieldIn(string attribute, int from)
    {
        var field = attribute[(attribute.IndexOf('.', from) + 1)..];
        return field.StartsWith("message.", StringComparison.Ordinal) ? field["message.".Length..] : field;
    }
}
