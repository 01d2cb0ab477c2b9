using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Notify;

/// <summary>Reads of channels and of what was sent through them, within a reach.</summary>
public sealed class ChannelQueries(Contexts contexts)
{
    public const int MaxListed = 1000;

    /// <summary>By tenant and name, at most 1000.</summary>
    public async Task<IReadOnlyList<ChannelRow>> ListAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var channels = await db.Set<Channel>().AsNoTracking().OrderBy(channel => channel.TenantId).ThenBy(channel => channel.Name).Take(MaxListed).ToListAsync(cancellationToken);
        return [.. channels.Select(ChannelRow.Of)];
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<ChannelRow?> FindAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<Channel>().AsNoTracking().SingleOrDefaultAsync(channel => channel.ChannelId == id, cancellationToken) is { } channel ? ChannelRow.Of(channel) : null;
    }

    /// <summary>Those of the ids that are no channels of the tenant.</summary>
    public async Task<IReadOnlyList<Guid>> MissingAsync(ConsoleDb db, string tenant, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var found = await db.Set<Channel>().AsNoTracking().Where(channel => channel.TenantId == tenant && ids.Contains(channel.ChannelId)).Select(static channel => channel.ChannelId).ToListAsync(cancellationToken);
        return [.. ids.Except(found)];
    }

    /// <summary>Newest first.</summary>
    public async Task<DeliveryPage> ListDeliveriesAsync(Reach reach, DeliveryQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = db.Set<Delivery>().AsNoTracking();
        if (query.State is { } state) fitting = fitting.Where(delivery => delivery.State == state);
        if (query.Channel is { } channel) fitting = fitting.Where(delivery => delivery.ChannelId == channel);
        if (query.Before is { } before) fitting = fitting.Where(delivery => delivery.DeliveryId < before);
        var rows = await fitting.OrderByDescending(delivery => delivery.DeliveryId).Take(query.Limit + 1).ToListAsync(cancellationToken);
        return new([.. rows.Take(query.Limit).Select(DeliveryRow.Of)], rows.Count > query.Limit ? rows[query.Limit - 1].DeliveryId : null);
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<DeliveryRow?> FindDeliveryAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<Delivery>().AsNoTracking().SingleOrDefaultAsync(delivery => delivery.DeliveryId == id, cancellationToken) is { } delivery ? DeliveryRow.Of(delivery) : null;
    }
}
