namespace AgentConsole.Shell;

/// <summary>The names of what can change.</summary>
public static class Topics
{
    /// <summary>Usage of any tenant.</summary>
    public const string AllUsage = "usage";

    public static string Usage(string tenant) => $"usage:{tenant}";
}
