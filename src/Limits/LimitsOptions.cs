using AgentConsole.Platform;

namespace AgentConsole.Limits;

/// <summary>How long a reservation may hold.</summary>
internal static class HoldTimes
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);
}

public sealed record LimitsOptions
{
    /// <summary><c>Limits__HoldSeconds</c>: how long a reservation holds that does not say; 1 to 3,600 seconds, default 300.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary><c>Limits__RememberMinutes</c>: how long a request that is over is remembered, so that its event or a repeat counts once at once; 1 to 1,440, default 10. Later ones are put right by the check, each minute.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary><c>Limits__MostHeld</c>: requests held at once, per tenant; 100 to 1,000,000, default 100,000.</summary>
    public int MostHeld { get; init; } = 100_000;
    /// <summary><c>Limits__Nodes</c>: among how many nodes the rates are shared while Redis is away; 1 to 1,000, default 2.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary><c>Limits__PatienceMs</c>: Redis is away when it does not answer for so long; 50 to 60,000 milliseconds, default 1,000.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    public static LimitsOptions Read(Settings settings) => new()
    {
        Hold = TimeSpan.FromSeconds(settings.Number("Limits:HoldSeconds", 300, 1, 3_600)),
        Remember = TimeSpan.FromMinutes(settings.Number("Limits:RememberMinutes", 10, 1, 1_440)),
        MostHeld = settings.Number("Limits:MostHeld", 100_000, 100, 1_000_000),
        Patience = TimeSpan.FromMilliseconds(settings.Number("Limits:PatienceMs", 1_000, 50, 60_000)),
        Nodes = settings.Number("Limits:Nodes", 2, 1, 1_000),
    };
}
