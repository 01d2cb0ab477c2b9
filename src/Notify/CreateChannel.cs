using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Notify;

/// <param name="Target">An address to call, or e-mail addresses by comma.</param>
public sealed record ChannelDraft(string Tenant, string Name, ChannelKind Kind, string Target);

/// <summary>Opens a way to tell a tenant's people something.</summary>
public sealed class CreateChannel
{
    /// <summary>Per tenant.</summary>
    public const int Most = 50;
    public const int MaxNameLength = 100;

    private readonly Contexts _contexts;
    private readonly ChannelChanges _changes;
    private readonly ChannelSeal _seal;
    private readonly OutboundGuard _guard;
    private readonly NotifyOptions _options;
    private readonly TimeProvider _time;

    internal CreateChannel(Contexts contexts, ChannelChanges changes, ChannelSeal seal, OutboundGuard guard, NotifyOptions options, TimeProvider time) =>
        (_contexts, _changes, _seal, _guard, _options, _time) = (contexts, changes, seal, guard, options, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidChannel"/>, <see cref="ForbiddenAddress"/>, <see cref="EmailIsNotSetUp"/>, <see cref="UnknownTenant"/> or <see cref="TooManyChannels"/>.</summary>
    public async Task<Result<NewChannel>> ExecuteAsync(ChannelDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        if (!ChannelChanges.May(caller, draft.Tenant)) return caller.Refuse("channels.create");
        var target = await ChannelTarget.ReadAsync(draft.Kind, draft.Target, _guard, _options, cancellationToken);
        if (!target.Ok) return target.Error;

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (!await db.Set<Tenant>().AnyAsync(row => row.TenantId == draft.Tenant, cancellationToken)) return new UnknownTenant(draft.Tenant);
        var name = await ChannelChanges.ReadNameAsync(db, draft.Tenant, draft.Name, own: null, cancellationToken);
        if (!name.Ok) return name.Error;
        if (await db.Set<Channel>().CountAsync(row => row.TenantId == draft.Tenant, cancellationToken) >= Most) return new TooManyChannels(Most);
        var secret = draft.Kind == ChannelKind.Webhook ? ChannelSeal.NewSecret() : null;
        var channel = Make(draft with { Name = name.Value }, target.Value, secret, caller);
        db.Add(channel);
        var row = ChannelRow.Of(channel);
        await _changes.CommitAsync(db, new(draft.Tenant, caller.Actor, "channels.create", row.Id.ToString(), After: row.ToJson()), cancellationToken);
        return new NewChannel(row, secret);
    }

    private Channel Make(ChannelDraft draft, ChannelTarget target, string? secret, Caller caller) => new()
    {
        TenantId = draft.Tenant,
        ChannelId = Guid.CreateVersion7(_time.GetUtcNow()),
        Name = draft.Name,
        Kind = draft.Kind,
        Target = _seal.Close(target.Text),
        Shown = target.Shown,
        Secret = secret is null ? null : _seal.Close(secret),
        CreatedAt = _time.GetUtcNow(),
        CreatedBy = caller.Name,
    };
}
