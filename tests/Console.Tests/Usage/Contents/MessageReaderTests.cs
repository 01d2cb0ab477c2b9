using System.Text.Json;
using AgentConsole.Usage;
using AgentConsole.Usage.Contents;

namespace AgentConsole.Tests.Usage.Contents;

public sealed class MessageReaderTests
{
    /// <summary>What providers, gateways and instrumentations send, and what people see of it: role, kind, name and text.</summary>
    [Theory]
    [InlineData("plain", """ "Hello" """, "user text Hello")]
    [InlineData("OpenAI chat", """[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:abc"}}]}]""",
        "system text Be brief. | user text What is this? + media image url, 51 bytes, not kept")]
    [InlineData("OpenAI tools", """[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"42"}]""",
        """assistant toolCall(find) {"q":1} | tool toolResult(c1) 42""")]
    [InlineData("OpenAI answer", """{"id":"x","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"Hm.","content":"Yes."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}""", "assistant reasoning Hm. + text Yes.")]
    [InlineData("OpenAI completion", """{"choices":[{"text":"Once","index":0}]}""", "user text Once")]
    [InlineData("OpenAI responses", """{"object":"response","output":[{"type":"reasoning","summary":[]},{"type":"function_call","name":"find","arguments":"{}","call_id":"c"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done."}]}],"text":{"format":{"type":"text"}}}""",
        "user toolCall(find) {} | assistant text Done.")]
    [InlineData("OpenAI responses input", """[{"role":"user","content":"Go"},{"type":"function_call_output","call_id":"c","output":"7"}]""", "user text Go | user toolResult(c) 7")]
    [InlineData("Anthropic answer", """{"type":"message","role":"assistant","content":[{"type":"thinking","thinking":"Let me see"},{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"read","input":{"path":"/a"}}]}""",
        """assistant reasoning Let me see + text Hi + toolCall(read) {"path":"/a"}""")]
    [InlineData("Anthropic request", """{"system":"Be kind.","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"file"}]}]}]}""",
        "system text Be kind. | user toolResult(t) file")]
    [InlineData("Anthropic parts", """[{"type":"text","text":"a"},{"type":"text","text":"b"}]""", "user text a + text b")]
    [InlineData("Gemini", """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"},{"functionCall":{"name":"f","args":{"a":1}}}]}}]}""", """model text Hi + toolCall(f) {"a":1}""")]
    [InlineData("Gemini request", """{"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"parts":[{"text":"Q"},{"inlineData":{"mimeType":"image/png","data":"aaaa"}}]}]}""", "system text S | user text Q + media inlineData, 53 bytes, not kept")]
    [InlineData("Bedrock", """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"},{"toolUse":{"toolUseId":"u","name":"f","input":{}}}]}},"stopReason":"end_turn"}""", "assistant text Hi + toolCall(f) {}")]
    [InlineData("OpenTelemetry", """[{"role":"user","parts":[{"type":"text","content":"Weather?"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"w","arguments":{"in":"Paris"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":"rain"}]}]""",
        """user text Weather? | assistant toolCall(w) {"in":"Paris"} | tool toolResult(c) rain""")]
    [InlineData("something else", """{"foo":{"bar":1}}""", """user other {"foo":{"bar":1}}""")]
    public void Read_KnownShapes_AreMessagesByRole(string of, string json, string expected)
    {
        Assert.NotEmpty(of);
        using var document = JsonDocument.Parse(json);
        var list = new MessageList();
        MessageReader.Read(document.RootElement, "user", list);
        Assert.Equal(expected, string.Join(" | ", MessageList.Parse(list.ToSide()!.Messages).Select(static message =>
            $"{message.Role} {string.Join(" + ", message.Parts.Select(static part => $"{part.Kind}{(part.Name is null ? "" : $"({part.Name})")} {part.Text}"))}")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    public void Read_Nothing_IsNothing(string json)
    {
        using var document = JsonDocument.Parse(json);
        var list = new MessageList();
        MessageReader.Read(document.RootElement, "user", list);
        Assert.Null(list.ToSide());
    }

    /// <summary>Of letters of two bytes and characters of four, so that a cut inside of one would show.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("xé")]
    [InlineData("x😀")]
    public void Side_TooLong_IsCutAtACharacter_AndCountsWhatCame(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 100_000));
        var list = new MessageList();
        list.Begin("user");
        list.Add(ContentKinds.Text, text);
        list.Begin("assistant");
        list.Add(ContentKinds.Text, "beyond");
        var side = list.ToSide()!;
        var kept = Assert.Single(Assert.Single(MessageList.Parse(side.Messages)).Parts).Text;
        Assert.True(side.IsCut);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(text) + "beyond".Length, side.Bytes);
        Assert.StartsWith(kept, text, StringComparison.Ordinal);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(kept), ContentSide.MaxBytes - 4, ContentSide.MaxBytes);
        Assert.DoesNotContain('\uFFFD', kept);
    }

    [Fact]
    public void Side_OfATextThatFits_IsWhole()
    {
        var list = new MessageList();
        list.Begin("user");
        list.Add(ContentKinds.Text, new string('é', ContentSide.MaxBytes / 2));
        Assert.False(list.ToSide()!.IsCut);
    }

    /// <summary>A million messages of nothing cost no more than a thousand.</summary>
    [Fact]
    public void Side_OfManyEmptyMessages_IsBounded()
    {
        var list = new MessageList();
        for (var index = 0; index < 5000; index++)
        {
            list.Begin("user");
            list.Add(ContentKinds.Text, "");
        }
        var side = list.ToSide()!;
        Assert.Equal(1000, MessageList.Parse(side.Messages).Count);
        Assert.True(side.IsCut);
    }

    [Fact]
    public void Text_WithCharactersThatAreNone_IsStillReadable()
    {
        using var document = JsonDocument.Parse("""[{"role":"user","content":"a\u0000b"},{"role":"user","content":"\ud800"},{"role":"user","content":"after"}]""");
        var list = new MessageList();
        MessageReader.Read(document.RootElement, "user", list);
        Assert.Equal(["ab", "(not text)", "after"], MessageList.Parse(list.ToSide()!.Messages).Select(static message => message.Parts[0].Text));
    }
}
