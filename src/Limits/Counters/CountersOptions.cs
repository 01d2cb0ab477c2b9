namespace AgentConsole.Limits.Counters;

/// <param name="Remember">How long a request that is over is remembered, so that what comes again changes nothing.</param>
/// <param name="MostHeld">Requests held at once per tenant; the ceiling of what holds take of memory.</param>
internal sealed record CountersOptions(TimeSpan Remember, int MostHeld)
{
    /// <summary>What takes longer than this cannot be reached.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);
}
