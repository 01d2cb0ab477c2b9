using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Notify;

/// <summary>Gives a webhook a new secret. Until the grace is over each call carries two signatures, so the receiver may change over at any moment of it.</summary>
public sealed class RotateChannelSecret
{
    public const int DefaultGraceMinutes = 60;
    public const int MostGraceMinutes = 7 * 24 * 60;

    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly ChannelSeal _seal;
    private readonly TimeProvider _time;

    internal RotateChannelSecret(Contexts contexts, ChannelChanges changes, ChannelSeal seal, TimeProvider time) => (_contexts, _changes, _seal, _time) = (contexts, changes, seal, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownChannel"/>, <see cref="ChannelHasNoSecret"/> or <see cref="InvalidChannel"/>.</summary>
    /// <param name="graceMinutes">0: the old one leaked and signs no more.</param>
    public async Task<Result<NewChannel>> ExecuteAsync(Guid id, int graceMinutes, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await ChannelChanges.FindAsync(db, id, cancellationToken) is not { } channel) return new UnknownChannel(id);
        if (!ChannelChanges.May(caller, channel.TenantId)) return caller.Refuse("channels.rotate");
        if (channel.Secret is null) return new ChannelHasNoSecret(id);
        if (graceMinutes is < 0 or > MostGraceMinutes) return new InvalidChannel([$"graceMinutes is 0 to {MostGraceMinutes}."]);
        var secret = ChannelSeal.NewSecret();
        DateTimeOffset? until = graceMinutes == 0 ? null : _time.GetUtcNow().AddMinutes(graceMinutes);
        (channel.OldSecret, channel.OldSecretUntil, channel.Secret) = (until is null ? null : channel.Secret, until, _seal.Close(secret));
        var row = ChannelRow.Of(channel);
        await _changes.CommitAsync(db, new(row.Tenant, caller.Actor, "channels.rotate", id.ToString(), After: new JsonObject { ["name"] = row.Name, ["graceMinutes"] = graceMinutes }), cancellationToken);
        return new NewChannel(row, secret);
    }
}
