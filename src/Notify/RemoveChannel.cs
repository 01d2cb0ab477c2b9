using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Notify;

/// <summary>Takes a channel away. What waits for it is given up, visibly; what names it still says that it is gone.</summary>
public sealed class RemoveChannel
{
    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly TimeProvider _time;

    internal RemoveChannel(Contexts contexts, ChannelChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="UnknownChannel"/>.</summary>
    public async Task<Result<ChannelRow>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await ChannelChanges.FindAsync(db, id, cancellationToken) is not { } channel) return new UnknownChannel(id);
        if (!ChannelChanges.May(caller, channel.TenantId)) return caller.Refuse("channels.remove");
        var (row, now) = (ChannelRow.Of(channel), _time.GetUtcNow());
        db.Remove(channel);
        await db.Set<Delivery>().Where(delivery => delivery.TenantId == row.Tenant && delivery.ChannelId == id && delivery.State == DeliveryState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(delivery => delivery.State, DeliveryState.GivenUp).SetProperty(delivery => delivery.SettledAt, now).SetProperty(delivery => delivery.LeasedUntil, (DateTimeOffset?)null), cancellationToken);
        await _changes.CommitAsync(db, new(row.Tenant, caller.Actor, "channels.remove", id.ToString(), Before: row.ToJson()), cancellationToken);
        return row;
    }
}
