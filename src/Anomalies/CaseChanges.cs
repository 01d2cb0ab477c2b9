using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Anomalies;

/// <summary>What every change of a case by a person shares: whether it may be, and how it ends, in one transaction with its entry and its audit row.</summary>
internal sealed class CaseChanges(Contexts contexts, CloseAlerts close, AuditLog audit, IChangeFeed changes, TimeProvider time)
{
    /// <summary>What the alerts of cases are of.</summary>
    public const string Source = "case";

    public const int MostEntries = 500;
    public const int MaxTextLength = 4000;

    /// <summary>Who may act on what a case finds may say what became of it.</summary>
    public static bool May(Caller caller, string tenant) => caller.Can(Permission.ManageLimits, tenant);

    public static AlertSubject Alert(string tenant, Guid id) => new(tenant, Source, id.ToString("N"));

    /// <summary>
    /// 1. Permission; 2. the case, held until the end; 3. <paramref name="change"/>, which answers an error or the entry; 4. entry, alert and audit; 5. whoever looks is told.
    /// Once a person knows of a case its alert need not call any more.
    /// </summary>
    internal async Task<Result<CaseRow>> ChangeAsync(string action, string tenant, Guid id, Caller caller, Func<Case, Result<(CaseEntryKind Kind, string Text)>> change, CancellationToken cancellationToken)
    {
        if (!May(caller, tenant)) return caller.Refuse(action);
        await using var db = await contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits).Within(tenant), cancellationToken);
        if (await HoldAsync(db, tenant, id, cancellationToken) is not { } found) return new UnknownCase(id.ToString());
        if (await db.Set<CaseEntry>().CountAsync(entry => entry.TenantId == tenant && entry.CaseId == id, cancellationToken) >= MostEntries) return new TooManyEntries(MostEntries);
        var before = State(found);
        var changed = change(found);
        if (!changed.Ok) return changed.Error;
        var now = time.GetUtcNow();
        db.Add(new CaseEntry { TenantId = tenant, CaseId = id, EntryId = Guid.CreateVersion7(now), At = now, Author = caller.Name, Kind = changed.Value.Kind, Text = changed.Value.Text });
        await db.SaveChangesAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var calm = found.State == CaseState.Open ? [] : await close.ExecuteAsync(connection, [Alert(tenant, id)], cancellationToken);
        var after = State(found);
        if (changed.Value.Text.Length > 0) after["text"] = changed.Value.Text;
        await audit.AppendAsync(connection, new(tenant, caller.Actor, action, id.ToString(), before, after), cancellationToken);
        await db.CommitAsync(cancellationToken);
        changes.SignalCases(tenant);
        changes.SignalAlerts(calm);
        return CaseRow.Of(found);
    }

    private static Task<Case?> HoldAsync(ConsoleDb db, string tenant, Guid id, CancellationToken cancellationToken) =>
        db.Set<Case>().FromSql($"SELECT * FROM cases WHERE tenant_id = {tenant} AND case_id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);

    private static JsonObject State(Case one) => new() { ["state"] = one.State.Name(), ["assignee"] = one.Assignee, ["verdict"] = one.Verdict?.Name() };
}

internal static class CaseSignals
{
    public static void SignalCases(this IChangeFeed changes, string tenant)
    {
        changes.Signal(Topics.Cases(tenant));
        changes.Signal(Topics.AllCases);
    }
}
