using System.Text.Json;

namespace AgentConsole.Usage.Contents;

/// <summary>The texts of an item that is JSON. What is wrong with them is nobody's loss but theirs: the request counts all the same.</summary>
internal static class BodyTexts
{
    public static UsageContent? OfNative(JsonElement item) => Of(item, "input", "output");

    public static UsageContent? OfLiteLlm(JsonElement item) => Of(item, "messages", "response");

    private static UsageContent? Of(JsonElement item, string inputName, string outputName)
    {
        var (input, output) = (new MessageList(), new MessageList());
        Read(item, inputName, "user", input);
        Read(item, outputName, "assistant", output);
        return UsageContent.Of(input, output);
    }

    private static void Read(JsonElement item, string name, string role, MessageList into)
    {
        try
        {
            if (MessageReader.Get(item, name) is { } value) MessageReader.Read(value, role, into);
        }
        catch (InvalidOperationException)
        {
            // A name in it that is no text ends the reading; what was read stays.
        }
    }
}
