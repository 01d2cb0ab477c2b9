using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Budgets;

/// <summary>What every change of budgets shares: whether it may be, and how it ends, in one transaction with its audit row.</summary>
internal sealed class BudgetChanges(ChannelQueries channels, CloseAlerts close, IBlockSpending block, AuditLog audit, IChangeFeed changes)
{
    /// <summary>What the alerts of budgets are of.</summary>
    public const string Source = "budget";

    public static bool May(Caller caller, string tenant) => caller.Can(Permission.ManageBudgets, tenant);

    public static Task<Budget?> FindAsync(ConsoleDb db, Guid id, CancellationToken cancellationToken) => db.Set<Budget>().SingleOrDefaultAsync(budget => budget.BudgetId == id, cancellationToken);

    /// <summary>Null when every channel is the tenant's.</summary>
    public async Task<Error?> CheckChannelsAsync(ConsoleDb db, BudgetDraft draft, CancellationToken cancellationToken) =>
        await channels.MissingAsync(db, draft.Scope.Tenant, draft.Channels, cancellationToken) is [var missing, ..] ? new UnknownChannel(missing) : null;

    /// <summary>Whatever its alerts said may be so no longer; what still is, the next look raises again.</summary>
    public async Task CloseAlertsAsync(ConsoleDb db, BudgetRow budget, CancellationToken cancellationToken) =>
        await close.AllButAsync(Connection(db), budget.Tenant, Source, Prefix(budget.Id), [], cancellationToken);

    /// <summary>What the keys of a budget's alerts begin with.</summary>
    public static string Prefix(Guid id) => $"{id:N}/";

    /// <summary>Fails with what the blocking fails with; then nothing is changed.</summary>
    public async Task<Result<BudgetRow>> CommitAsync(ConsoleDb db, string action, BudgetRow? before, BudgetRow after, Caller caller, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var concernsBlocking = before?.Block == true || after.Block;
        if (concernsBlocking && await block.ApplyAsync(Connection(db), after, caller, cancellationToken) is { } refused) return refused;
        await audit.AppendAsync(Connection(db), new(after.Tenant, caller.Actor, action, after.Id.ToString(), before?.ToJson(), after.ToJson()), cancellationToken);
        await db.CommitAsync(cancellationToken);
        if (concernsBlocking) block.Tell(after);
        Tell(after.Tenant);
        return after;
    }

    public async Task CommitRemovalAsync(ConsoleDb db, BudgetRow budget, Caller caller, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        if (budget.Block) await block.RemoveAsync(Connection(db), budget, caller, cancellationToken);
        await audit.AppendAsync(Connection(db), new(budget.Tenant, caller.Actor, "budgets.remove", budget.Id.ToString(), budget.ToJson()), cancellationToken);
        await db.CommitAsync(cancellationToken);
        if (budget.Block) block.Tell(budget);
        Tell(budget.Tenant);
    }

    private void Tell(string tenant)
    {
        changes.Signal(Topics.Budgets(tenant));
        changes.Signal(Topics.AllBudgets);
        changes.SignalAlerts(new AlertSubject(tenant, Source, ""));
    }

    private static NpgsqlConnection Connection(ConsoleDb db) => (NpgsqlConnection)db.Database.GetDbConnection();
}
