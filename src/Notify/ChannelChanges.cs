using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Notify;

/// <summary>How every change of channels and deliveries ends: saved with its audit row in one transaction, then told to open pages.</summary>
internal sealed class ChannelChanges(AuditLog audit, IChangeFeed changes)
{
    public static bool May(Caller caller, string tenant) => caller.Can(Permission.ManageBudgets, tenant);

    public async Task CommitAsync(ConsoleDb db, AuditRecord record, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync((NpgsqlConnection)db.Database.GetDbConnection(), record, cancellationToken);
        await db.CommitAsync(cancellationToken);
        Tell(record.Tenant);
    }

    public void Tell(string tenant)
    {
        changes.Signal(Topics.Deliveries(tenant));
        changes.Signal(Topics.AllDeliveries);
    }

    /// <summary>The name as it is kept, if no other channel of the tenant has it. Fails with <see cref="InvalidChannel"/>.</summary>
    public static async Task<Result<string>> ReadNameAsync(ConsoleDb db, string tenant, string text, Guid? own, CancellationToken cancellationToken)
    {
        var name = text.Trim();
        if (name.Length is 0 or > CreateChannel.MaxNameLength || name.Any(char.IsControl)) return new InvalidChannel([$"name is 1 to {CreateChannel.MaxNameLength} characters on one line."]);
        var isTaken = await db.Set<Channel>().AnyAsync(row => row.TenantId == tenant && row.Name == name && row.ChannelId != own, cancellationToken);
        return isTaken ? new InvalidChannel([$"There is a channel \"{name}\" already."]) : name;
    }

    public static Task<Channel?> FindAsync(ConsoleDb db, Guid id, CancellationToken cancellationToken) => db.Set<Channel>().SingleOrDefaultAsync(channel => channel.ChannelId == id, cancellationToken);
}
