using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.AlertRules;

/// <summary>What every change of rules shares: whether it may be, and how it ends, in one transaction with its audit row.</summary>
internal sealed class RuleChanges(ChannelQueries channels, CloseAlerts close, AuditLog audit, IChangeFeed changes)
{
    /// <summary>What the alerts of rules are of.</summary>
    public const string Source = "rule";

    public static bool May(Caller caller, string tenant) => caller.Can(Permission.ManageBudgets, tenant);

    public static string Prefix(Guid id) => $"{id:N}/";

    public static Task<AlertRule?> FindAsync(ConsoleDb db, Guid id, CancellationToken cancellationToken) => db.Set<AlertRule>().SingleOrDefaultAsync(rule => rule.RuleId == id, cancellationToken);

    /// <summary>Null when every channel is the tenant's.</summary>
    public async Task<Error?> CheckChannelsAsync(ConsoleDb db, string tenant, RuleDefinition definition, CancellationToken cancellationToken) =>
        await channels.MissingAsync(db, tenant, definition.Channels, cancellationToken) is [var missing, ..] ? new UnknownChannel(missing) : null;

    /// <summary>What was pending or firing is so no longer; what still is, the next look finds.</summary>
    public async Task ForgetAsync(ConsoleDb db, string tenant, Guid id, CancellationToken cancellationToken)
    {
        await db.Set<AlertRuleState>().Where(state => state.TenantId == tenant && state.RuleId == id).ExecuteDeleteAsync(cancellationToken);
        await close.AllButAsync(Connection(db), tenant, Source, Prefix(id), [], cancellationToken);
    }

    public async Task CommitAsync(ConsoleDb db, string action, string tenant, Guid id, string? before, string? after, Caller caller, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(Connection(db), new(tenant, caller.Actor, action, id.ToString(), Node(before), Node(after)), cancellationToken);
        await db.CommitAsync(cancellationToken);
        changes.Signal(Topics.Budgets(tenant));
        changes.Signal(Topics.AllBudgets);
        changes.SignalAlerts(new AlertSubject(tenant, Source, ""));
    }

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);

    private static NpgsqlConnection Connection(ConsoleDb db) => (NpgsqlConnection)db.Database.GetDbConnection();
}
