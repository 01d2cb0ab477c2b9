using System.Text;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>Text that a JSON parser lets through and a database does not: only the item that holds it may suffer, and what is accepted can be read back.</summary>
public sealed class HostileTextTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private string Item(string id, string more = "") =>
        $$"""{"id":"{{id}}","tenant":"{{_tenant}}","occurredAt":"2026-11-20T17:00:00Z","provider":"openai","model":"gpt-5","usage":{"input":1}{{more}}}""";

    private Task<Answer> SendAsync(params string[] items) => shared.Client.SendUsageAsync($"[{string.Join(',', items)}]");

    private Task<System.Text.Json.JsonElement> FindAsync(string id) => shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{Uri.EscapeDataString(id)}");

    [Theory]
    [InlineData(""","user":"\ud800" """)]
    [InlineData(""","user":"\udc00x" """)]
    [InlineData(""","user":"a\u0000b" """)]
    [InlineData(""","tags":{"\ud800":"a"}""")]
    [InlineData(""","tags":{"a":"\ud800"}""")]
    [InlineData(""","\ud800":"a" """)]
    [InlineData(""","usage":{"\ud800":1,"input":1}""")]
    [InlineData(""","prompt":{"name":"\ud800"}""")]
    [InlineData(""","attempts":[{"status":"\ud800cess"}]""")]
    [InlineData(""","attempts":[{"status":"\ud800\u0073\u0075\u0063"}]""")]
    [InlineData(""","hops":[{"\ud800":1}]""")]
    [InlineData(""","hops":[{"name":"\ud800"}]""")]
    [InlineData(""","hops":[{"name":"a\u0000"}]""")]
    [InlineData(""","status":"\ud800" """)]
    [InlineData(""","occurredAt":"\ud800" """)]
    [InlineData(""","error":"\ud800" """)]
    [InlineData(""","serviceTier":"\ud800" """)]
    [InlineData(""","latencyMs":"\ud800" """)]
    [InlineData(""","costReported":"\ud800" """)]
    public async Task Escape_ThatIsNoText_HurtsItsOwnItemAtMost(string more)
    {
        var answer = await SendAsync(Item("before"), Item("bad", more), Item("after"));
        Assert.Equal(3, answer.Accepted + answer.Rejected.Count);
        Assert.All(answer.Rejected, item => Assert.Equal(1, item.Index));
        foreach (var id in new[] { "before", "after" }) Assert.Equal(id, (await FindAsync(id)).GetProperty("id").GetString());
        if (answer.Accepted == 3) Assert.Equal("bad", (await FindAsync("bad")).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("error")]
    [InlineData("filler")]
    [InlineData("id")]
    public async Task InvalidUtf8_HurtsItsOwnItemAtMost(string name)
    {
        var bad = Encoding.UTF8.GetBytes(Item("bad", $",\"{name}\":\"~\"")).Select(b => b == '~' ? (byte)0xFF : b);
        byte[] body = [(byte)'[', .. Encoding.UTF8.GetBytes(Item("before")), (byte)',', .. bad, (byte)',', .. Encoding.UTF8.GetBytes(Item("after")), (byte)']'];
        var answer = await shared.Client.SendAsync("/api/v1/usage", Json.Body(body));
        Assert.Equal(3, answer.Accepted + answer.Rejected.Count);
        Assert.All(answer.Rejected, item => Assert.Equal(1, item.Index));
    }

    [Fact]
    public async Task RejectedPayload_CutInsideASurrogatePair_DoesNotHurtTheOthers()
    {
        for (var offset = 0; offset < 2; offset++)
        {
            var emoji = new string('x', offset) + string.Concat(Enumerable.Repeat("😀", 4000));
            var answer = await SendAsync(Item($"good-{offset}"), Item("bad", $",\"user\":\"{emoji}\""));
            Assert.Equal((1, 1), (answer.Accepted, answer.Rejected.Count));
        }
    }

    [Theory]
    [InlineData("id")]
    [InlineData("user")]
    [InlineData("model")]
    public async Task Text_OfTheWidestCharacters_FitsEveryIndex(string name)
    {
        foreach (var character in new[] { "ﷺ", "😀" })
        {
            var text = string.Concat(Enumerable.Repeat(character, 200 / character.Length));
            var id = name == "id" ? text : $"of-{character}";
            var answer = await SendAsync(name == "id" ? Item(text) : Item(id, $",\"{name}\":\"{text}\",\"key\":\"{text}\""));
            Assert.Equal(1, answer.Accepted);
            Assert.Equal(text, (await FindAsync(id)).GetProperty(name).GetString());
        }
    }

    [Fact]
    public async Task Number_OfThousandsOfDigitsAsAnId_IsRejected()
    {
        var digits = string.Concat(Enumerable.Range(0, 3000).Select(index => (char)('1' + index * index % 9)));
        var answer = await SendAsync(Item("good"), Item("bad").Replace("\"bad\"", digits, StringComparison.Ordinal), Item("other", $",\"user\":{digits}"));
        Assert.Equal(1, answer.Accepted);
        Assert.Equal([1, 2], answer.Rejected.Select(item => item.Index));
    }

    [Fact]
    public async Task Item_NestedDeeply_IsTakenOrRejectedAlone()
    {
        foreach (var depth in new[] { 40, 90, 500 })
        {
            var deep = new string('[', depth) + new string(']', depth);
            var answer = await SendAsync(Item($"good-{depth}"), Item($"unknown-{depth}", $",\"novelty\":{deep}"), Item($"hops-{depth}", $",\"hops\":{deep}"));
            Assert.Equal(2, answer.Accepted);
            Assert.Equal($"hops-{depth}", Assert.Single(answer.Rejected).Id);
            await FindAsync($"unknown-{depth}");
        }
    }

    [Fact]
    public async Task RawJson_Odd_IsReadBackAsSent()
    {
        const string hops = """[{"name":"a\"\\\/\b\f\n\r\té😀\ud83d\ude00","durationMs":1e400,"n":-0.0,"deep":{"x":[null,true,false]}}]""";
        Assert.Equal(1, (await SendAsync(Item("a", $",\"hops\":{hops}"))).Accepted);
        Assert.Equal("1e400", (await FindAsync("a")).GetProperty("hops")[0].GetProperty("durationMs").GetRawText());
    }
}
