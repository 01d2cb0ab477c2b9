using AgentConsole.Platform;

namespace AgentConsole.Demo;

public sealed record DemoOptions
{
    /// <summary><c>Demo__Enabled</c>: fills an empty store with demo tenants and keeps traffic flowing; default in Development only.</summary>
    public bool Enabled { get; init; }
    /// <summary><c>Demo__Days</c>: history before now; 1 to 90 days, default 30.</summary>
    public int Days { get; init; } = 30;
    /// <summary><c>Demo__Seed</c>: the same seed and first day make the same requests; 0 to 1,000,000, default 20.</summary>
    public int Seed { get; init; } = 20;
    /// <summary><c>Demo__LivePerMinute</c>: live requests on top of the day's own shape; 0 to 3,000, default 80.</summary>
    public int LivePerMinute { get; init; } = 80;

    public static DemoOptions Read(Settings settings) => new()
    {
        Enabled = settings.Flag("Demo:Enabled", settings.IsDevelopment),
        Days = settings.Number("Demo:Days", 30, 1, 90),
        Seed = settings.Number("Demo:Seed", 20, 0, 1_000_000),
        LivePerMinute = settings.Number("Demo:LivePerMinute", 80, 0, 3_000),
    };
}
