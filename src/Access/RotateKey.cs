using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Puts a new key in the place of one, with the same name, rights and end; for a while both work.</summary>
public sealed class RotateKey
{
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromHours(1);
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal RotateKey(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="UnknownKey"/>, <see cref="ScopeNotYours"/>, <see cref="InvalidKey"/>, or <see cref="KeyIsOver"/> also when someone else was faster.</summary>
    public async Task<Result<NewKey>> ExecuteAsync(string id, TimeSpan grace, Caller caller, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero || grace > LongestGrace) return new InvalidKey($"graceMinutes is a whole number from 0 to {LongestGrace.TotalMinutes}.");
        var now = _time.GetUtcNow();
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageKeys), cancellationToken);
        var old = await KeyQueries.FindAsync(db, id, now, cancellationToken);
        if (old is null) return new UnknownKey(id);
        // Whoever rotates a key gets a secret with its rights.
        if (old.Scopes.FirstOrDefault(scope => !caller.MayGive(scope, old.Tenant)) is { } foreign) return new ScopeNotYours(foreign);
        if (!old.State.IsLive() || old.RotatedTo is not null) return new KeyIsOver(old.Id);

        var secret = KeySecret.New();
        var graceUntil = now + grace;
        var changed = await db.Set<ApiKey>()
            .Where(key => key.TenantId == old.StoredTenant && key.KeyId == old.Id && key.RevokedAt == null && key.RotatedTo == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RotatedTo, secret.Id).SetProperty(key => key.GraceUntil, graceUntil), cancellationToken);
        if (changed == 0) return new KeyIsOver(old.Id);
        var key = new ApiKey
        {
            TenantId = old.StoredTenant, KeyId = secret.Id, Name = old.Name, Scopes = [.. old.Scopes], AllowedAddresses = [.. old.AllowedAddresses],
            SecretHash = KeySecret.Hash(secret.Text), CreatedAt = now, CreatedBy = caller.Name, ExpiresAt = old.ExpiresAt,
        };
        db.Add(key);
        var row = KeyRow.Of(key, 0, now);
        var after = old with { RotatedTo = row.Id, GraceUntil = graceUntil };
        await _changes.CommitAsync(db, new(old.Tenant ?? "", caller.Actor, "keys.rotate", old.Prefix, old.ToJson(), after.ToJson()), cancellationToken);
        return new NewKey(row, secret.Text);
    }
}
