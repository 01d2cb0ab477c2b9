using AgentConsole.Access;
using AgentConsole.AlertRules;
using AgentConsole.Alerts;
using AgentConsole.Budgets;
using AgentConsole.Demo.Traffic;
using AgentConsole.Limits;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using AgentConsole.Views;

namespace AgentConsole.Demo;

/// <summary>What the demo's operators have set: limits, alert rules, a dashboard and budgets, about the traffic that there is. Once: the budgets come last, and say that all is there.</summary>
internal sealed class SetDemoControls(CreateLimit createLimit, SaveRule saveRule, SaveDashboard saveDashboard, CreateBudget createBudget, BudgetQueries budgets, RuleQueries rules, TimeProvider time)
{
    private static readonly string Northwind = DemoTenants.Northwind.Id;
    private static readonly string Chatter = DemoTenants.Chatter.Id;
    private static readonly string Ledgerly = DemoTenants.Ledgerly.Id;

    private static readonly (string Tenant, RuleDefinition Rule)[] Rules =
    [
        (Northwind, Rule("Spend is half as much again as a week ago", Measure.Cost, RuleCondition.Rises, 50, RuleWindow.Day) with { Against = RuleBaseline.WeekBefore }),
        (Northwind, Rule("An account spends $100 a day", Measure.Cost, RuleCondition.Above, 100, RuleWindow.Day) with { Each = Dimension.User, Subjects = [new("acct-1001", 180)] }),
        (Northwind, Rule("Anthropic fails", Measure.FailureRate, RuleCondition.Above, 0.05m, RuleWindow.QuarterHour) with
        {
            Filter = new Dictionary<string, string> { ["provider"] = "anthropic" }, ForMinutes = 5, RecoverMinutes = 10, Severity = AlertSeverity.Critical,
        }),
        (Chatter, Rule("The chat is silent", Measure.Requests, RuleCondition.NoData, 0, RuleWindow.QuarterHour) with { Severity = AlertSeverity.Critical }),
        (Ledgerly, Rule("Invoices are slow", Measure.LatencyP95, RuleCondition.Above, 20_000, RuleWindow.Hour) with { ForMinutes = 15, RecoverMinutes = 15, Mutes = [new(new(18, 0), new(8, 0), [])] }),
    ];

    private static readonly DashboardDraft Dashboard = new("Agents", IsShared: true,
    [
        new("Cost by model", "/usage?groupBy=model&chart=area", TileWidth.Half),
        new("Cost by agent and tool", "/usage?groupBy=agent,tool&chart=pivot", TileWidth.Half),
        new("Cost by account", "/usage?groupBy=user&chart=treemap", TileWidth.Half),
        new("Cache hit rate", "/usage?measure=cacheHitRate&groupBy=prompt&chart=line&grain=day", TileWidth.Half),
        new("When requests come", "/usage?measure=requests&groupBy=model&chart=heatMap", TileWidth.Full),
    ]);

    private static readonly BudgetDraft[] Budgets =
    [
        new("Agent platform", new(Northwind), 20_000, BudgetPeriod.Month, BudgetDraft.UsualThresholds, Block: false, []),
        new("An account's week", new(Northwind, User: BudgetScope.Each), 500, BudgetPeriod.Week, [80, 100], Block: false, []),
        new("Chat", new(Chatter), 300, BudgetPeriod.Month, BudgetDraft.UsualThresholds, Block: true, []),
        new("Internal tools", new(Ledgerly), 900, BudgetPeriod.Quarter, [50, 75, 90, 100], Block: false, []),
    ];

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if ((await budgets.ListAsync(Reach.Platform, new(Northwind, Limit: 1), cancellationToken)).Total > 0) return;
        foreach (var limit in Limits(time.GetUtcNow())) Demand(await createLimit.ExecuteAsync(limit, Caller.System, cancellationToken), static error => error is LimitExists);
        if ((await rules.ListAsync(Reach.Platform, null, cancellationToken)).Count == 0)
            foreach (var (tenant, rule) in Rules) Demand(await saveRule.CreateAsync(tenant, rule, Caller.System, cancellationToken));
        Demand(await saveDashboard.CreateAsync(Northwind, Dashboard, Caller.System, cancellationToken), static error => error is InvalidDashboard);
        foreach (var budget in Budgets) Demand(await createBudget.ExecuteAsync(budget, Caller.System, cancellationToken));
    }

    private static IEnumerable<LimitDraft> Limits(DateTimeOffset now) =>
    [
        new(new(Northwind, User: LimitScope.Each), LimitMeasure.Cost, 150, LimitWindow.Day, Reason: "An account that loops is stopped before it costs as much as all others"),
        new(new(Northwind, Session: LimitScope.Each), LimitMeasure.Requests, 250, LimitWindow.Session, Reason: "No run needs more calls"),
        new(new(Northwind), LimitMeasure.Cost, 2_500, LimitWindow.Day),
        new(new(Chatter, User: LimitScope.Each), LimitMeasure.Requests, 6, LimitWindow.Minute, Reason: "Nobody types faster"),
        new(new(Chatter, User: LimitScope.Each), LimitMeasure.Cost, 1.2m, LimitWindow.Day),
        new(new(Chatter, User: "u-00001"), LimitMeasure.Cost, 3, LimitWindow.Day, ExpiresAt: now.AddDays(7), Reason: "Writes the help pages this week"),
        new(new(Ledgerly, Model: "gpt-5.5"), LimitMeasure.Tokens, 2_000_000, LimitWindow.Day, LimitAction.Warn, Reason: "To be replaced by the smaller model"),
        new(new(Ledgerly), LimitMeasure.Concurrency, 40, null),
    ];

    private static RuleDefinition Rule(string name, Measure measure, RuleCondition condition, decimal threshold, RuleWindow window) => new(
        name, measure, new Dictionary<string, string>(), null, condition, threshold, window, RuleBaseline.Previous, ForMinutes: 0, RecoverMinutes: 0, [], [], AlertSeverity.Warning, [], IsEnabled: true);

    /// <param name="isThere">Whether an error says that an earlier start, which was stopped, made it.</param>
    private static void Demand<T>(Result<T> made, Func<Error, bool>? isThere = null)
    {
        if (!made.Ok && isThere?.Invoke(made.Error) != true) throw new InvalidOperationException(made.Error.Message);
    }
}
