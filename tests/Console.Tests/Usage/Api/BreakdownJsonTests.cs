using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentConsole.Usage;
using AgentConsole.Usage.Api;

namespace AgentConsole.Tests.Usage.Api;

public sealed class BreakdownJsonTests
{
    [Fact]
    public void Compiled_Shape_IsThatOfTheSerialiser()
    {
        var measures = new Measures(3, 1, 4, new() { Input = 10, CacheRead = 5, Output = 7 }, 0.123456789012m, 1, new(400, 900.5, 1500)) { Events = new(0.5m, 0, null, 12.25) };
        var query = new BreakdownQuery(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"), Grain.Day, [Facet.Parse("model")!.Value, Facet.Parse("tag.env")!.Value], UsageFilter.None);
        var answer = BreakdownJson.Of(new(query, new(DateTimeOffset.UnixEpoch, 0, 1), [new(query.From, ["gpt \"5\" <é>", null], measures), new(null, [null, "prod"], Measures.Zero)], measures));

        var written = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(written, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) JsonSerializer.Serialize(writer, answer, UsageJson.Default.BreakdownJson);

        Assert.Equal(JsonSerializer.Serialize(answer, new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.000000000000", "0")]
    [InlineData("12.500000000000", "12.5")]
    [InlineData("100", "100")]
    [InlineData("100.00", "100")]
    [InlineData("-0.004846000000", "-0.004846")]
    [InlineData("-0.0000000000001", "0")]
    [InlineData("0.0000000000005", "0.000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void Money_InAnyScale_HasNoTrailingZerosAndTwelveDecimals(string amount, string written) =>
        Assert.Equal(written, JsonMoney.Of(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)));
}
