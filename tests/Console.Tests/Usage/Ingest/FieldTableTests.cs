using System.Text.Json;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Ingest;

public sealed class FieldTableTests
{
    [Theory]
    [InlineData("""{"a":"1","b":"2","a":"3"}""", "a", "3")]
    [InlineData("""{"":"none","b":"2"}""", "b", "2")]
    [InlineData("""{"\u0062":"escaped"}""", "b", "escaped")]
    [InlineData("""{"é":"other","e":"this"}""", "e", "this")]
    [InlineData("""{"a":"1"}""", "b", null)]
    [InlineData("""{}""", "b", null)]
    [InlineData("""[1]""", "b", null)]
    public void TryGet_AnyObject_FindsWhatTheDocumentFinds(string json, string name, string? expected)
    {
        var (item, table) = Read(json);
        Assert.Equal(expected is not null, table.TryGet(item, name, out var value));
        if (expected is not null) Assert.Equal(expected, value.GetString());
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(300)]
    public void TryGet_ManyFields_FindsEach(int count)
    {
        var (item, table) = Read(JsonSerializer.Serialize(Enumerable.Range(0, count).ToDictionary(static index => $"field{index}", static index => index)));
        for (var index = 0; index < count; index++)
        {
            Assert.True(table.TryGet(item, $"field{index}", out var value));
            Assert.Equal(index, value.GetInt32());
        }
        Assert.False(table.TryGet(item, "other", out _));
    }

    [Theory]
    [InlineData("\"gpt-5\"", "gpt-5")]
    [InlineData("\"a\\u0062\"", null)]
    [InlineData("\"caf\u00e9\"", null)]
    [InlineData("\"\"", null)]
    public void RepeatedName_PlainText_IsOneString(string quoted, string? expected)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(quoted);
        Assert.Equal(expected, RepeatedNames.Of(bytes));
        if (expected is not null) Assert.Same(RepeatedNames.Of(bytes), RepeatedNames.Of(bytes));
    }

    private static (JsonElement Item, FieldTable Table) Read(string json)
    {
        var item = JsonDocument.Parse(json).RootElement;
        var table = new FieldTable();
        table.Fill(item);
        return (item, table);
    }
}
