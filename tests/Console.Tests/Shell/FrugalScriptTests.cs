using System.Text.Json;
using AgentConsole.Shell;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Microsoft.JSInterop.Infrastructure;

namespace AgentConsole.Tests.Shell;

public sealed class FrugalScriptTests
{
    [Fact]
    public void Arguments_OfEveryKindThatPagesSend_AreWrittenAsBefore()
    {
        object?[] arguments = [7, "text", true, null, new byte[] { 1, 2 }, new { Name = "a", List = new List<int> { 1, 2 } }, new Dictionary<string, string[]> { ["key"] = ["a"] }, DayOfWeek.Friday];

        Assert.Equal(JsonSerializer.Serialize(arguments, new Plain().Options), JsonSerializer.Serialize(arguments, Frugal().Options));
    }

    [Fact]
    public void Interfaces_OfANumber_AreNotDescribed()
    {
        var script = Frugal();
        JsonSerializer.Serialize<object?[]>([7, "text", true], script.Options);

        Assert.False(script.Options.TryGetTypeInfo(typeof(IComparable<int>), out _));
        Assert.True(script.Options.TryGetTypeInfo(typeof(int), out _));
    }

    private static Plain Frugal()
    {
        var services = new ServiceCollection();
        services.AddScoped<IJSRuntime, Plain>();
        services.AddFrugalScript();
        return (Plain)services.BuildServiceProvider().CreateScope().ServiceProvider.GetRequiredService<IJSRuntime>();
    }

    private sealed class Plain : JSRuntime
    {
        public JsonSerializerOptions Options => JsonSerializerOptions;

        protected override void SendByteArray(int id, byte[] data)
        {
        }

        protected override void BeginInvokeJS(long taskId, string identifier, string? argsJson, JSCallResultType resultType, long targetInstanceId) => throw new NotSupportedException();

        protected override void BeginInvokeJS(in JSInvocationInfo invocationInfo) => throw new NotSupportedException();

        protected override void EndInvokeDotNet(DotNetInvocationInfo invocationInfo, in DotNetInvocationResult invocationResult) => throw new NotSupportedException();
    }
}
