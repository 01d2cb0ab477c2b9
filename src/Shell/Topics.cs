using AgentConsole.Platform.Data;

namespace AgentConsole.Shell;

/// <summary>The names of what can change.</summary>
public static class Topics
{
    /// <summary>Usage of any tenant.</summary>
    public const string AllUsage = "usage";

    /// <summary>The price book, or a re-pricing under way.</summary>
    public const string Prices = "prices";

    /// <summary>The audit of any tenant, or of the platform.</summary>
    public const string AllAudit = "audit";

    public static string Audit(string tenant) => $"audit:{tenant}";

    /// <summary>What tells of the audit within a reach, and of no other.</summary>
    public static IReadOnlyList<string> Audit(Reach reach) => reach.IsPlatform ? [AllAudit] : [.. reach.Tenants.Select(Audit)];

    /// <summary>Keys and tenants: their names, settings and status.</summary>
    public const string Access = "access";

    /// <summary>A job has begun or ended, or was asked for.</summary>
    public const string Jobs = "jobs";

    /// <summary>A dashboard was made, changed or deleted.</summary>
    public const string Dashboards = "dashboards";

    /// <summary>Members, their roles or their sessions.</summary>
    public const string Members = "members";

    /// <summary>Limits of any tenant, and how their counters stand.</summary>
    public const string Limits = "limits";

    /// <summary>Requests of any tenant were refused by a limit.</summary>
    public const string Refusals = "refusals";

    /// <summary>Alerts of any tenant, or of none: raised, closed or acknowledged.</summary>
    public const string AllAlerts = "alerts";

    public static string Alerts(string tenant) => $"alerts:{tenant}";

    /// <summary>What tells of alerts within a reach, and of no other.</summary>
    public static IReadOnlyList<string> AlertsOf(Reach reach) => reach.IsPlatform ? [AllAlerts] : [.. reach.Tenants.Select(Alerts)];

    /// <summary>Channels and what is sent through them, of any tenant.</summary>
    public const string AllDeliveries = "deliveries";

    public static string Deliveries(string tenant) => $"deliveries:{tenant}";

    public static IReadOnlyList<string> DeliveriesOf(Reach reach) => reach.IsPlatform ? [AllDeliveries] : [.. reach.Tenants.Select(Deliveries)];

    /// <summary>Budgets and alert rules of any tenant: made, changed, removed, or looked at by the job.</summary>
    public const string AllBudgets = "budgets";

    public static string Budgets(string tenant) => $"budgets:{tenant}";

    public static IReadOnlyList<string> BudgetsOf(Reach reach) => reach.IsPlatform ? [AllBudgets] : [.. reach.Tenants.Select(Budgets)];

    /// <summary>Cases of any tenant: opened, changed, or looked at by the job.</summary>
    public const string AllCases = "cases";

    public static string Cases(string tenant) => $"cases:{tenant}";

    public static IReadOnlyList<string> CasesOf(Reach reach) => reach.IsPlatform ? [AllCases] : [.. reach.Tenants.Select(Cases)];

    public static string Usage(string tenant) => $"usage:{tenant}";

    /// <summary>What tells of usage within a reach, and of no other.</summary>
    public static IReadOnlyList<string> Usage(Reach reach) => reach.IsPlatform ? [AllUsage] : [.. reach.Tenants.Select(Usage)];
}
