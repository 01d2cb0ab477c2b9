using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>A key as someone asks for it.</summary>
/// <param name="Tenant">Whose it is; null for a key of the platform, which is asked for on purpose and never what is left when nothing is said.</param>
/// <param name="AllowedAddresses">Addresses and CIDR ranges, IPv4 and IPv6; none: from anywhere.</param>
public sealed record KeyDraft(string? Tenant, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, IReadOnlyList<string> AllowedAddresses);

/// <param name="Secret">The key itself; told this once.</param>
public sealed record NewKey(KeyRow Key, string Secret);

/// <summary>Creates an API key.</summary>
public sealed class CreateKey
{
    public const int MaxNameLength = 100;
    private const int MaxAddresses = 50;

    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal CreateKey(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownTenant"/>, <see cref="ScopeNotYours"/> or <see cref="InvalidKey"/>.</summary>
    public async Task<Result<NewKey>> ExecuteAsync(KeyDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        if (!(draft.Tenant is { } asked ? caller.Can(Permission.ManageKeys, asked) : caller.CanOnPlatform(Permission.ManageKeys))) return caller.Refuse("keys.create");
        var now = _time.GetUtcNow();
        var normal = Normalise(draft, now);
        if (!normal.Ok) return normal.Error;
        if (normal.Value.Scopes.FirstOrDefault(scope => !caller.MayGive(scope, draft.Tenant)) is { } foreign) return new ScopeNotYours(foreign);

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageKeys), cancellationToken);
        if (draft.Tenant is { } tenant && !await db.Set<Tenant>().AnyAsync(row => row.TenantId == tenant, cancellationToken)) return new UnknownTenant(tenant);
        var (key, secret) = Make(normal.Value, caller, now);
        db.Add(key);
        var row = KeyRow.Of(key, 0, now);
        await _changes.CommitAsync(db, new(draft.Tenant ?? "", caller.Actor, "keys.create", row.Prefix, After: row.ToJson()), cancellationToken);
        return new NewKey(row, secret.Text);
    }

    private static Result<KeyDraft> Normalise(KeyDraft draft, DateTimeOffset now)
    {
        var name = draft.Name.Trim();
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl)) return new InvalidKey($"name is 1 to {MaxNameLength} characters on one line.");
        if (draft.Scopes.Count == 0) return new InvalidKey($"scopes names at least one of {string.Join(", ", Scopes.All)}.");
        if (draft.Scopes.FirstOrDefault(static scope => !Scopes.All.Contains(scope)) is { } unknown) return new InvalidKey($"\"{unknown}\" is not one of the scopes {string.Join(", ", Scopes.All)}.");
        if (draft.ExpiresAt <= now) return new InvalidKey("expiresAt is in the past.");
        if (draft.AllowedAddresses.Count > MaxAddresses) return new InvalidKey($"allowedAddresses are at most {MaxAddresses}.");
        var addresses = new List<string>();
        foreach (var text in draft.AllowedAddresses)
        {
            if (!AddressRange.TryParse(text.Trim(), out var range)) return new InvalidKey($"\"{text}\" is not an address or a CIDR range such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32.");
            addresses.Add(range.ToString());
        }
        return draft with { Name = name, Scopes = [.. Scopes.All.Where(draft.Scopes.Contains)], AllowedAddresses = [.. addresses.Distinct()], ExpiresAt = draft.ExpiresAt?.ToUniversalTime() };
    }

    private static (ApiKey, KeySecret) Make(KeyDraft draft, Caller caller, DateTimeOffset now)
    {
        var secret = KeySecret.New();
        return (new()
        {
            TenantId = draft.Tenant ?? Caller.PlatformMark,
            KeyId = secret.Id,
            Name = draft.Name,
            Scopes = [.. draft.Scopes],
            AllowedAddresses = [.. draft.AllowedAddresses],
            SecretHash = KeySecret.Hash(secret.Text),
            CreatedAt = now,
            CreatedBy = caller.Name,
            ExpiresAt = draft.ExpiresAt,
        }, secret);
    }
}
