using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class SeriesColoursTests
{
    [Fact]
    public void Assign_EightKeys_AreEightColours()
    {
        string?[] keys = [.. Enumerable.Range(0, 8).Select(static number => $"model-{number}")];

        Assert.Equal(8, new SeriesColours().Assign("model", keys).Distinct().Count());
    }

    [Fact]
    public void Assign_AnotherOrder_KeepsEachColour()
    {
        var colours = new SeriesColours();
        string?[] keys = ["a", "b", "c", "d", "e"];

        var first = keys.Zip(colours.Assign("model", keys)).ToDictionary(static pair => pair.First!, static pair => pair.Second);
        var second = keys.Reverse().Zip(colours.Assign("model", [.. keys.Reverse()])).ToDictionary(static pair => pair.First!, static pair => pair.Second);

        Assert.Equal(first.OrderBy(static pair => pair.Key), second.OrderBy(static pair => pair.Key));
    }

    [Fact]
    public void Assign_AnotherVisit_IsTheSame() =>
        Assert.Equal(new SeriesColours().Assign("provider", ["openai", "anthropic"]), new SeriesColours().Assign("provider", ["openai", "anthropic"]));

    [Fact]
    public void Assign_KnownProviderAmongOthers_NeverGivesWay()
    {
        string?[] others = [.. Enumerable.Range(0, 7).Select(static number => $"provider-{number}")];

        var alone = new SeriesColours().Assign("provider", ["openai"])[0];

        Assert.Equal(alone, new SeriesColours().Assign("provider", [.. others, "openai"])[^1]);
    }

    [Fact]
    public void Assign_Status_HasItsMeaning() =>
        Assert.Equal(["ok", "critical", "warning", "unknown"], new SeriesColours().Assign("status", ["success", "failure", "denied", "cancelled"]));

    [Fact]
    public void Assign_NotSet_IsNeutral() => Assert.Equal(["unknown"], new SeriesColours().Assign("user", [null]));
}
