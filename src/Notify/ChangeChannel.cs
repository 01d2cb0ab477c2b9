using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Notify;

/// <summary>Calls a channel by another name, or leads it elsewhere: its kind, its secret and whoever names it stay. What waits goes to the new place.</summary>
public sealed class ChangeChannel
{
    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly ChannelSeal _seal;
    private readonly OutboundGuard _guard;
    private readonly NotifyOptions _options;

    internal ChangeChannel(Contexts contexts, ChannelChanges changes, ChannelSeal seal, OutboundGuard guard, NotifyOptions options) =>
        (_contexts, _changes, _seal, _guard, _options) = (contexts, changes, seal, guard, options);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownChannel"/>, <see cref="InvalidChannel"/>, <see cref="ForbiddenAddress"/> or <see cref="EmailIsNotSetUp"/>.</summary>
    /// <param name="target">Null: where it leads now, which nobody is shown.</param>
    public async Task<Result<ChannelRow>> ExecuteAsync(Guid id, string name, string? target, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await ChannelChanges.FindAsync(db, id, cancellationToken) is not { } channel) return new UnknownChannel(id);
        if (!ChannelChanges.May(caller, channel.TenantId)) return caller.Refuse("channels.change");
        var named = await ChannelChanges.ReadNameAsync(db, channel.TenantId, name, id, cancellationToken);
        if (!named.Ok) return named.Error;
        var before = ChannelRow.Of(channel);
        channel.Name = named.Value;
        if (target is not null)
        {
            var read = await ChannelTarget.ReadAsync(channel.Kind, target, _guard, _options, cancellationToken);
            if (!read.Ok) return read.Error;
            (channel.Target, channel.Shown) = (_seal.Close(read.Value.Text), read.Value.Shown);
        }
        var row = ChannelRow.Of(channel);
        await _changes.CommitAsync(db, new(row.Tenant, caller.Actor, "channels.change", id.ToString(), before.ToJson(), row.ToJson()), cancellationToken);
        return row;
    }
}
