using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <param name="Place">A tenant, or empty for the platform.</param>
public sealed record HeldRole(string Place, Role Role, string GivenBy);

/// <param name="Roles">Those that the reader may know of.</param>
/// <param name="IsManaged">Whether the reader may act on the member's sessions and ways in.</param>
public sealed record MemberRow(
    Guid Id, string Name, string Email, IReadOnlyList<HeldRole> Roles, bool IsManaged, bool HasSecondFactor, int Passkeys,
    DateTimeOffset? LastSeenAt, DateTimeOffset? LockedUntil, DateTimeOffset? ResetAskedAt);

public sealed record InvitationRow(Guid Id, string Place, string Email, Role Role, string InvitedBy, DateTimeOffset ExpiresAt, bool IsExpired);

public sealed record SessionRow(byte[] Id, string Method, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, string? Address, string? UserAgent);

public sealed record PasskeyRow(byte[] Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

public sealed record OwnAccount(string Name, string Email, bool HasPassword, bool HasSecondFactor, int RecoveryCodesLeft);

/// <summary>Members as a reader may see them: staff all of them, the admin of a tenant those with a role in it, and of those only that role.</summary>
internal sealed class MemberQueries(MemberDb store, AccessOptions options, TimeProvider time)
{
    public const int MaxListed = 1000;

    /// <param name="tenant">Only members with a role in it; null for all that the caller may see.</param>
    public async Task<IReadOnlyList<MemberRow>> ListAsync(Caller caller, string? tenant, CancellationToken cancellationToken)
    {
        if (Places(caller, tenant) is not { } places) return [];
        await using var db = store.Open();
        var held = db.Set<Membership>().AsNoTracking().Where(one => places.Length == 0 || places.Contains(one.TenantId));
        var members = await db.Set<Member>().AsNoTracking().Where(member => held.Any(one => one.MemberId == member.MemberId)).OrderBy(member => member.Name).ThenBy(member => member.EmailKey)
            .Take(MaxListed).ToListAsync(cancellationToken);
        return await DescribeAsync(db, caller, members, cancellationToken);
    }

    /// <summary>Null for one that does not exist, and for one that the caller may not know of.</summary>
    public async Task<MemberRow?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.MemberId == id, cancellationToken);
        var row = member is null ? null : (await DescribeAsync(db, caller, [member], cancellationToken))[0];
        return row?.Roles.Count > 0 ? row : null;
    }

    public async Task<IReadOnlyList<InvitationRow>> ListInvitationsAsync(Caller caller, string? tenant, CancellationToken cancellationToken)
    {
        if (Places(caller, tenant) is not { } places) return [];
        var now = time.GetUtcNow();
        await using var db = store.Open();
        return await db.Set<Invitation>().AsNoTracking().Where(open => places.Length == 0 || places.Contains(open.TenantId)).OrderByDescending(open => open.CreatedAt).Take(MaxListed)
            .Select(open => new InvitationRow(open.InvitationId, open.TenantId, open.Email, open.Role, open.InvitedBy, open.ExpiresAt, open.ExpiresAt <= now)).ToListAsync(cancellationToken);
    }

    /// <summary>Of a member that the caller manages; none of any other.</summary>
    public async Task<IReadOnlyList<SessionRow>> ListSessionsAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await FindAsync(caller, id, cancellationToken) is { IsManaged: true } ? await ListOwnSessionsAsync(id, cancellationToken) : [];

    public async Task<IReadOnlyList<SessionRow>> ListOwnSessionsAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var idleSince = now - options.SessionIdle;
        await using var db = store.Open();
        return await db.Set<MemberSession>().AsNoTracking().Where(session => session.MemberId == id && session.ExpiresAt > now && session.LastSeenAt > idleSince)
            .OrderByDescending(session => session.LastSeenAt)
            .Select(session => new SessionRow(session.TicketHash, session.Method, session.CreatedAt, session.LastSeenAt, session.Address, session.UserAgent)).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<PasskeyRow>> ListOwnPasskeysAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        return await db.Set<MemberPasskey>().AsNoTracking().Where(passkey => passkey.MemberId == id).OrderBy(passkey => passkey.CreatedAt)
            .Select(passkey => new PasskeyRow(passkey.CredentialId, passkey.Name, passkey.CreatedAt, passkey.UsedAt)).ToListAsync(cancellationToken);
    }

    public async Task<OwnAccount?> FindOwnAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        return await db.Set<Member>().AsNoTracking().Where(member => member.MemberId == id)
            .Select(member => new OwnAccount(member.Name, member.Email, member.PasswordHash != null, member.TotpKey != null, member.RecoveryCodes.Length)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The places to look in; empty for everywhere, null for nowhere.</summary>
    private static string[]? Places(Caller caller, string? tenant)
    {
        if (caller.CanOnPlatform(Permission.ReadMembers)) return tenant is null ? [] : [tenant];
        string[] own = [.. caller.Reach.Tenants.Where(place => place != Membership.Platform && (tenant is null || place == tenant) && caller.Can(Permission.ReadMembers, place))];
        return own.Length == 0 ? null : own;
    }

    private async Task<IReadOnlyList<MemberRow>> DescribeAsync(ConsoleDb db, Caller caller, IReadOnlyList<Member> members, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. members.Select(static member => member.MemberId)];
        var roles = (await db.Set<Membership>().AsNoTracking().Where(held => ids.Contains(held.MemberId)).OrderBy(held => held.TenantId).ToListAsync(cancellationToken)).ToLookup(static held => held.MemberId);
        var seen = await db.Set<MemberSession>().Where(session => ids.Contains(session.MemberId)).GroupBy(session => session.MemberId)
            .Select(own => new { own.Key, At = own.Max(session => session.LastSeenAt) }).ToDictionaryAsync(static one => one.Key, static one => one.At, cancellationToken);
        var passkeys = await db.Set<MemberPasskey>().Where(passkey => ids.Contains(passkey.MemberId)).GroupBy(passkey => passkey.MemberId)
            .Select(own => new { own.Key, Count = own.Count() }).ToDictionaryAsync(static one => one.Key, static one => one.Count, cancellationToken);
        var now = time.GetUtcNow();
        return [.. members.Select(member => Describe(caller, member, [.. roles[member.MemberId]], seen.TryGetValue(member.MemberId, out var at) ? at : null, passkeys.GetValueOrDefault(member.MemberId), now))];
    }

    private static MemberRow Describe(Caller caller, Member member, IReadOnlyList<Membership> roles, DateTimeOffset? seen, int passkeys, DateTimeOffset now)
    {
        var known = roles.Where(held => MemberScope.Sees(caller, [(held.Role, held.TenantId)])).Select(static held => new HeldRole(held.TenantId, held.Role, held.GivenBy));
        var managed = MemberScope.Covers(caller, [.. roles.Select(static held => (held.Role, held.TenantId))]);
        return new(member.MemberId, member.Name, member.Email, [.. known], managed, member.TotpKey is not null, passkeys, seen, member.LockedUntil > now ? member.LockedUntil : null, member.ResetAskedAt);
    }
}
