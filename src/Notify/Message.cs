using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentConsole.Notify;

/// <summary>What people are told, whatever the channel.</summary>
/// <param name="Type">What happened, in the form <c>noun.verb</c>: <c>budget.threshold</c>.</param>
/// <param name="Title">One line, without a full stop.</param>
/// <param name="Link">The view that shows it, from the root of the console.</param>
/// <param name="Facts">For people: period, scope, amounts.</param>
/// <param name="Data">The same for programs; only webhooks carry it.</param>
public sealed record Message(string Type, string Title, string Text, string Link, IReadOnlyList<MessageFact> Facts, JsonObject Data)
{
    internal string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    internal static Message Parse(string json) => JsonSerializer.Deserialize<Message>(json, JsonSerializerOptions.Web)!;
}

public sealed record MessageFact(string Name, string Value);
