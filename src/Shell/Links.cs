namespace AgentConsole.Shell;

/// <summary>Every URL of the app's pages.</summary>
public static class Links
{
    public const string Overview = "/";
    public const string Usage = "/usage";
    public const string Requests = "/requests";
    public const string Reconciliation = "/reconciliation";
    public const string Conflicts = "/conflicts";
    public const string Prices = "/prices";
    public const string NotFound = "/not-found";

    public static string Request(string tenant, string id) => $"/requests/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(id)}";
}
