namespace AgentConsole.Shell;

/// <summary>The names of what can change.</summary>
public static class Topics
{
    /// <summary>Usage of any tenant.</summary>
    public const string AllUsage = "usage";

    /// <summary>The price book, or a re-pricing under way.</summary>
    public const string Prices = "prices";

    public static string Usage(string tenant) => $"usage:{tenant}";
}
