namespace AgentConsole.Notify.Sending;

/// <summary>How long to wait after a failure: 5 s, twice that each time, at most an hour, a quarter more or less by chance. The last of 24 is made some fifteen hours after the first.</summary>
internal static class Backoff
{
    public const int MostTries = 24;

    private const double FirstSeconds = 5;
    private const double LongestSeconds = 3600;

    /// <param name="tries">Those made, from 1.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan After(int tries, double chance) =>
        TimeSpan.FromSeconds(Math.Min(LongestSeconds, FirstSeconds * Math.Pow(2, tries - 1)) * (0.75 + (chance / 2)));
}
