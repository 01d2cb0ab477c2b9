namespace AgentConsole.Shell;

/// <summary>Every URL of the app's pages.</summary>
public static class Links
{
    public const string Overview = "/";
    public const string Usage = "/usage";
    public const string Requests = "/requests";
    public const string Cases = "/cases";
    public const string Tail = "/tail";
    public const string Dashboards = "/dashboards";
    public const string Reconciliation = "/reconciliation";
    public const string Conflicts = "/conflicts";
    public const string Prices = "/prices";
    public const string Keys = "/keys";
    public const string Tenants = "/tenants";
    public const string Members = "/members";
    public const string Account = "/account";
    public const string StopViewAs = "/view-as/stop";
    public const string SignIn = "/sign-in";
    public const string Limits = "/limits";
    public const string EffectiveLimits = "/limits/effective";
    public const string Budgets = "/budgets";
    public const string Alerts = "/alerts";
    public const string Audit = "/audit";
    public const string Jobs = "/jobs";
    public const string Problem = "/problem";
    public const string NotFound = "/not-found";

    public static string Request(string tenant, string id) => $"/requests/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(id)}";

    /// <summary>An unusual cost that someone looks into.</summary>
    public static string Case(string tenant, string id) => $"{Cases}/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(id)}";

    /// <summary>The requests of one run or conversation.</summary>
    public static string Session(string tenant, string id) => $"/sessions/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(id)}";

    /// <summary>What one end user of a tenant used.</summary>
    public static string User(string tenant, string user) => $"/users/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(user)}";

    /// <summary>What was used through a virtual key, as senders name it; not to be taken for the keys of this console's own API.</summary>
    public static string VirtualKey(string tenant, string key) => $"/virtual-keys/{Uri.EscapeDataString(tenant)}/{Uri.EscapeDataString(key)}";

    public static string Dashboard(string id) => $"{Dashboards}/{Uri.EscapeDataString(id)}";

    /// <param name="tenant">Chosen already.</param>
    public static string ViewAs(string? tenant = null) => tenant is null ? "/view-as" : $"/view-as?tenant={Uri.EscapeDataString(tenant)}";

    public static string Tenant(string id) => $"{Tenants}/{Uri.EscapeDataString(id)}";

    /// <summary>A value of a path as it is meant: a slash is the one character that stays escaped on its way through the router.</summary>
    public static string Value(string parameter) => parameter.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a URL is the page at this address, however each is escaped.</summary>
    public static bool Owns(PageUrl url, string address) => Uri.UnescapeDataString(url.Path) == Uri.UnescapeDataString(address);
}
