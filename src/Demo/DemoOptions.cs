using System.ComponentModel.DataAnnotations;

namespace AgentConsole.Demo;

/// <summary>Configuration section <c>Demo</c>.</summary>
public sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Fills an empty store with demo tenants and keeps traffic flowing; unset means: in Development only.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Days of history before now, 1 to 90.</summary>
    [Range(1, 90, ErrorMessage = "Demo:Days must be between 1 and 90.")]
    public int Days { get; set; } = 30;

    /// <summary>The same seed and first day give the same requests.</summary>
    public int Seed { get; set; } = 20;

    /// <summary>Live requests a second on top of the day's own shape, 0 to 50.</summary>
    [Range(0, 50, ErrorMessage = "Demo:LivePerSecond must be between 0 and 50.")]
    public double LivePerSecond { get; set; } = 1;
}
