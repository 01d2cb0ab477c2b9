using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Notify;

/// <summary>Sends once more what was delivered or given up, under the id that it had: a receiver that has it already can tell.</summary>
public sealed class RedeliverMessage
{
    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly TimeProvider _time;

    internal RedeliverMessage(Contexts contexts, ChannelChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownDelivery"/>, <see cref="UnknownChannel"/> or <see cref="DeliveryIsUnderWay"/>.</summary>
    public async Task<Result<DeliveryId>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await db.Set<Delivery>().AsNoTracking().SingleOrDefaultAsync(row => row.DeliveryId == id, cancellationToken) is not { } delivery) return new UnknownDelivery(id);
        if (!ChannelChanges.May(caller, delivery.TenantId)) return caller.Refuse("deliveries.redeliver");
        if (await ChannelChanges.FindAsync(db, delivery.ChannelId, cancellationToken) is null) return new UnknownChannel(delivery.ChannelId);
        var now = _time.GetUtcNow();
        var asked = await db.Set<Delivery>().Where(row => row.TenantId == delivery.TenantId && row.DeliveryId == id && row.State != DeliveryState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, DeliveryState.Waiting).SetProperty(row => row.Tries, 0).SetProperty(row => row.NextAt, now).SetProperty(row => row.SettledAt, (DateTimeOffset?)null), cancellationToken);
        if (asked == 0) return new DeliveryIsUnderWay(id);
        await _changes.CommitAsync(db, new(delivery.TenantId, caller.Actor, "deliveries.redeliver", id.ToString()), cancellationToken);
        return new DeliveryId(id);
    }
}
