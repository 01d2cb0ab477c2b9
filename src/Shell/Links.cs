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
    public const string Keys = "/keys";
    public const string Tenants = "/tenants";
    public const string Members = "/members";
    public const string Account = "/account";
    public const string StopViewAs = "/view-as/stop";
    public const string SignIn = "/sign-in";
    public const string Alerts = "/alerts";
    public const string Audit = "/audit";
    public const string Jobs = "/jobs";
    public const string Problem = "/problem";
    public const string NotFound = "/not-found";

    public static string Request(string tenant, string id) => $"/requests/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(id)}";

    /// <param name="tenant">Chosen already.</param>
    public static string ViewAs(string? tenant = null) => tenant is null ? "/view-as" : $"/view-as?tenant={Uri.EscapeDataString(tenant)}";

    public static string Tenant(string id) => $"{Tenants}/{Uri.EscapeDataString(id)}";
}
