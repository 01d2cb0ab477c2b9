using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Notify;

/// <summary>Sends a message that says it is a test, the way every other goes: what arrives of it, arrives of those, too.</summary>
public sealed class TestChannel
{
    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly EnqueueMessages _enqueue;

    internal TestChannel(Contexts contexts, ChannelChanges changes, EnqueueMessages enqueue) => (_contexts, _changes, _enqueue) = (contexts, changes, enqueue);

    /// <summary>The delivery. Fails with <see cref="NotAllowed"/> or <see cref="UnknownChannel"/>.</summary>
    public async Task<Result<DeliveryId>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await ChannelChanges.FindAsync(db, id, cancellationToken) is not { } channel) return new UnknownChannel(id);
        if (!ChannelChanges.May(caller, channel.TenantId)) return caller.Refuse("channels.test");
        var link = PageUrl.Parse(Links.Alerts).With("tab", "deliveries").With("tenant", channel.TenantId).ToString();
        var message = new Message("channel.test", $"A test of the channel {channel.Name}", "Nothing is wrong. Messages of budgets and alert rules come this way.", link, [new("Channel", channel.Name), new("Tenant", channel.TenantId)], new JsonObject { ["channel"] = id.ToString() });
        var made = await _enqueue.ExecuteAsync((NpgsqlConnection)db.Database.GetDbConnection(), channel.TenantId, [id], message, cancellationToken);
        await _changes.CommitAsync(db, new(channel.TenantId, caller.Actor, "channels.test", id.ToString()), cancellationToken);
        return new DeliveryId(made[0]);
    }
}

public sealed record DeliveryId(Guid Value);
