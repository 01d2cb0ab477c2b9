namespace AgentConsole.Notify.Sending;

/// <summary>What came of an attempt.</summary>
/// <param name="Status">Of HTTP or SMTP; null when nothing was answered.</param>
/// <param name="Error">A sentence for the log of deliveries; null when it was taken.</param>
/// <param name="IsFinal">Whether trying again is of no use.</param>
/// <param name="RetryAfter">How long the receiver asked to be left alone.</param>
internal sealed record Outcome(int? Status, string? Error, bool IsFinal = false, TimeSpan? RetryAfter = null)
{
    public bool Delivered => Error is null;

    public static Outcome Gone(string error) => new(null, error, IsFinal: true);
}
