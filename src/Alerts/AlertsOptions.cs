using AgentConsole.Platform;

namespace AgentConsole.Alerts;

/// <summary>How long alerts are remembered.</summary>
public sealed record AlertsOptions
{
    /// <summary><c>Alerts__ClosedKeptDays</c>: days that a closed alert is kept; default 400, so that this month can be held against the same of last year.</summary>
    public int ClosedKeptDays { get; init; } = 400;

    public static AlertsOptions Read(Settings settings) => new() { ClosedKeptDays = settings.Number("Alerts:ClosedKeptDays", new AlertsOptions().ClosedKeptDays, 1, 3650) };
}
