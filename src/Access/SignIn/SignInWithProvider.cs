using System.Security.Claims;
using System.Text.Json.Nodes;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Makes a provider's word a sign-in. 1. The person is known by the provider's id; 2. else by an address that the provider vouches for; 3. else is made a member, if the groups give
/// a role. Roles that groups gave are brought up to date each time; those that a person gave stay, and win where both name one place.
/// </summary>
/// <remarks>A second factor of ours is not asked for: that is the provider's part.</remarks>
internal sealed class SignInWithProvider(MemberDb store, MemberSessions sessions, SignInAudit audit, AccessOptions options, TimeProvider time)
{
    public async Task<Result<SignInStep>> ExecuteAsync(ClaimsPrincipal person, Visitor visitor, CancellationToken cancellationToken)
    {
        var provider = options.Provider!;
        var (subject, email) = (person.FindFirstValue(ClaimTypes.NameIdentifier), person.FindFirstValue(ClaimTypes.Email));
        if (subject is not { Length: > 0 and <= 256 } || email is null || !InviteMember.IsEmail(email)) return await RefuseAsync(new ProviderRefused(provider.DisplayName), provider, visitor, cancellationToken);
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var member = await FindAsync(db, provider, subject, cancellationToken);
        if (member is null)
        {
            var key = Member.KeyOf(email);
            member = await db.Set<Member>().SingleOrDefaultAsync(one => one.EmailKey == key, cancellationToken);
            if (member is not null && person.FindFirstValue(ProviderSetup.VerifiedClaim) != "true")
            {
                await transaction.RollbackAsync(cancellationToken);
                return await RefuseAsync(new AddressTaken(provider.DisplayName), provider, visitor, cancellationToken);
            }
            member ??= Add(db, email, person.FindFirstValue(ClaimTypes.Name));
            db.Add(new MemberLogin { Provider = provider.Name, Subject = subject, MemberId = member.MemberId });
        }
        await MapGroupsAsync(db, member, provider, person, visitor, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if ((await MemberSessions.RolesAsync(db, member.MemberId, cancellationToken)).Count == 0)
        {
            await transaction.RollbackAsync(cancellationToken);
            return await RefuseAsync(new NoRole(), provider, visitor, cancellationToken);
        }
        var ticket = await sessions.BeginAsync(db, member.MemberId, provider.Name, visitor, cancellationToken);
        await audit.SignedInAsync(db, member, provider.Name, visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new SignInStep(member.MemberId, ticket);
    }

    private static Task<Member?> FindAsync(ConsoleDb db, ExternalProvider provider, string subject, CancellationToken cancellationToken) =>
        (from login in db.Set<MemberLogin>()
         join member in db.Set<Member>() on login.MemberId equals member.MemberId
         where login.Provider == provider.Name && login.Subject == subject
         select member).SingleOrDefaultAsync(cancellationToken);

    private Member Add(ConsoleDb db, string email, string? name)
    {
        var now = time.GetUtcNow();
        name = name?.Trim() is { Length: > 0 and <= Member.MaxNameLength } given ? given : email;
        var member = new Member { MemberId = Guid.CreateVersion7(now), Email = email, EmailKey = Member.KeyOf(email), Name = name, CreatedAt = now };
        db.Add(member);
        return member;
    }

    private async Task MapGroupsAsync(ConsoleDb db, Member member, ExternalProvider provider, ClaimsPrincipal person, Visitor visitor, CancellationToken cancellationToken)
    {
        var held = await db.Set<Membership>().Where(one => one.MemberId == member.MemberId).OrderBy(one => one.TenantId).ToListAsync(cancellationToken);
        var mapped = Mapped(provider, person);
        foreach (var stale in held.Where(one => one.GivenBy == provider.Name && !mapped.ContainsKey(one.TenantId)))
        {
            db.Remove(stale);
            await AuditAsync(db, stale.TenantId, member, provider, stale.Role, null, visitor, cancellationToken);
        }
        foreach (var (place, role) in mapped)
        {
            var existing = held.SingleOrDefault(one => one.TenantId == place);
            if (existing?.Role == role || existing is { GivenBy: "" }) continue;
            if (place != Membership.Platform && !await db.Set<Tenant>().AnyAsync(tenant => tenant.TenantId == place, cancellationToken)) continue;
            await AuditAsync(db, place, member, provider, existing?.Role, role, visitor, cancellationToken);
            if (existing is null) db.Add(new Membership { TenantId = place, MemberId = member.MemberId, Role = role, GivenBy = provider.Name, CreatedAt = time.GetUtcNow() });
            else existing.Role = role;
        }
    }

    /// <summary>Of several roles in one place the strongest, which is the last of <see cref="Role"/>.</summary>
    private static SortedDictionary<string, Role> Mapped(ExternalProvider provider, ClaimsPrincipal person)
    {
        var groups = person.FindAll(ProviderSetup.GroupClaim).Select(static claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        var mapped = new SortedDictionary<string, Role>(StringComparer.Ordinal);
        foreach (var rule in provider.GroupRoles.Where(rule => groups.Contains(rule.Group)))
        {
            var place = Membership.PlaceOf(rule.Role, rule.Tenant);
            if (!mapped.TryGetValue(place, out var other) || other < rule.Role) mapped[place] = rule.Role;
        }
        return mapped;
    }

    private Task AuditAsync(ConsoleDb db, string place, Member member, ExternalProvider provider, Role? before, Role? after, Visitor visitor, CancellationToken cancellationToken) =>
        store.AuditAsync(db, new(place, visitor.As($"provider:{provider.Name}"), "member.map-role", member.Email, Json(before), Json(after)), cancellationToken);

    private static JsonObject? Json(Role? role) => role is null ? null : new JsonObject { ["role"] = role.ToString() };

    private async Task<Error> RefuseAsync(Error error, ExternalProvider provider, Visitor visitor, CancellationToken cancellationToken)
    {
        await audit.FailedAsync(null, provider.Name, locked: false, visitor, cancellationToken);
        return error;
    }
}
