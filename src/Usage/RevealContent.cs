using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Contents;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Usage;

/// <summary>
/// Shows what was said in a request, to whoever may read texts there, and writes down who read it: the entry is in the audit before the texts are given. The same reader opening the same
/// request again on the same UTC day adds none.
/// </summary>
public sealed class RevealContent(Contexts contexts, AuditLog audit, TimeProvider time)
{
    private const string Action = "contents.read";

    /// <param name="source">Null: of the newest request of that id.</param>
    /// <remarks>Fails with <see cref="NotAllowed"/>, <see cref="UnknownRequest"/>, <see cref="RemovedRequest"/> or <see cref="NoContent"/>.</remarks>
    public async Task<Result<RequestContent>> ExecuteAsync(string tenant, string id, string? source, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Can(Permission.ReadContent, tenant)) return caller.Refuse(Action);
        await using var db = await contexts.BeginAsync(caller.ReachOf(Permission.ReadContent).Within(tenant), cancellationToken);
        var key = await db.Set<UsageKey>().AsNoTracking()
            .Where(key => key.TenantId == tenant && key.EventId == id && (source == null || key.Source == source))
            .OrderByDescending(key => key.OccurredAt).FirstOrDefaultAsync(cancellationToken);
        if (key is null) return new UnknownRequest(tenant, id);
        var owner = await db.Set<Tenant>().AsNoTracking().SingleAsync(owner => owner.TenantId == tenant, cancellationToken);
        var stored = await db.Set<StoredContent>().AsNoTracking().SingleOrDefaultAsync(content => content.TenantId == tenant && content.EventId == id && content.Source == key.Source, cancellationToken);
        if (await ReceivedAsync(db, key, cancellationToken) is not { } receivedAt) return new RemovedRequest(tenant, id);
        if (Gone(owner, receivedAt) is { } gone && (stored is not null || await WasStoredAsync(db, owner, receivedAt, cancellationToken))) return gone;
        if (stored is null) return await WasStoredAsync(db, owner, receivedAt, cancellationToken) ? NoContent.NotSent : NoContent.NotStored;

        await NoteAsync(db, key, stored, caller, cancellationToken);
        return new RequestContent(
            Side(stored.Input, stored.InputBytes, stored.InputCut), Side(stored.Output, stored.OutputBytes, stored.OutputCut), stored.StoredAt, stored.StoredAt.AddDays(owner.ContentDays));
    }

    /// <summary>Once it is deleted or too old nobody sees it, whenever its row goes.</summary>
    private NoContent? Gone(Tenant owner, DateTimeOffset storedAt)
    {
        if (storedAt <= owner.ContentsDeletedAt) return NoContent.Deleted(owner.ContentsDeletedAt.Value);
        return storedAt < time.GetUtcNow().AddDays(-owner.ContentDays) ? NoContent.Expired(owner.ContentDays) : null;
    }

    private static async Task<DateTimeOffset?> ReceivedAsync(ConsoleDb db, UsageKey key, CancellationToken cancellationToken) =>
        await db.Set<UsageEvent>().Where(usage => usage.TenantId == key.TenantId && usage.OccurredAt == key.OccurredAt && usage.Id == key.EventId && usage.Source == key.Source)
            .Select(static usage => (DateTimeOffset?)usage.ReceivedAt).SingleOrDefaultAsync(cancellationToken);

    private static async Task<bool> WasStoredAsync(ConsoleDb db, Tenant owner, DateTimeOffset at, CancellationToken cancellationToken) =>
        at >= owner.ContentsSince || await db.Set<ContentPeriod>().AnyAsync(period => period.TenantId == owner.TenantId && period.StartedAt <= at && period.EndedAt > at, cancellationToken);

    private async Task NoteAsync(ConsoleDb db, UsageKey key, StoredContent stored, Caller caller, CancellationToken cancellationToken)
    {
        var what = new JsonObject { ["source"] = key.Source, ["inputBytes"] = stored.InputBytes, ["outputBytes"] = stored.OutputBytes };
        var record = new AuditRecord(key.TenantId, caller.Actor, Action, string.Create(CultureInfo.InvariantCulture, $"{key.EventId} ({key.Source})"), After: what);
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        await audit.AppendOnceAsync((NpgsqlConnection)db.Database.GetDbConnection(), record, today, cancellationToken);
        await db.CommitAsync(cancellationToken);
    }

    private static ContentSide? Side(string? messages, long bytes, bool isCut) => messages is null ? null : new(MessageList.Parse(messages), bytes, isCut);
}
