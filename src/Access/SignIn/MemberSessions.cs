using System.Linq.Expressions;
using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>The sign-ins that hold. Nothing is kept in memory: an ended session and a lost role are gone with the next request.</summary>
internal sealed class MemberSessions(MemberDb store, EndViews views, AccessOptions options, TimeProvider time)
{
    /// <summary>After this a member signs in again, however busy.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Of one member at once; the oldest ends when another begins.</summary>
    public const int MaxPerMember = 20;

    private static readonly TimeSpan SeenAgainAfter = TimeSpan.FromMinutes(1);

    public Task<ClaimsPrincipal?> FindAsync(string ticket, CancellationToken cancellationToken) =>
        FindAsync(SecretLink.Hash(SecretLink.Session, ticket), cancellationToken);

    /// <summary>The member as of now; null when the session has ended, has been idle for too long, or the member has no role left.</summary>
    public async Task<ClaimsPrincipal?> FindAsync(byte[] session, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var now = time.GetUtcNow();
        var idleSince = now - options.SessionIdle;
        var found = await (from held in db.Set<MemberSession>().AsNoTracking()
                           join member in db.Set<Member>() on held.MemberId equals member.MemberId
                           where held.TicketHash == session && held.ExpiresAt > now && held.LastSeenAt > idleSince
                           select new { member.MemberId, member.Email, member.Name, held.LastSeenAt, held.Address, held.ViewedTenant, held.ViewedAs, held.ViewedUntil }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        var roles = await RolesAsync(db, found.MemberId, cancellationToken);
        if (roles.Count == 0) return null;
        if (now - found.LastSeenAt > SeenAgainAfter) await SeeAsync(db, session, now, cancellationToken);
        // Whoever has lost the right to look so is again what is left of the own roles.
        var view = found is { ViewedTenant: { } tenant, ViewedAs: { } role, ViewedUntil: { } until } && until > now && roles.Any(static held => held.Role.IsStaff()) ? new View(tenant, role, until) : null;
        return MemberClaims.Principal(found.MemberId, found.Email, found.Name, session, found.Address, roles, view);
    }

    /// <summary>Ends sessions within the transaction on the context, and with them what they look at; how many.</summary>
    public async Task<int> EndAsync(ConsoleDb db, Expression<Func<MemberSession, bool>> which, Actor actor, CancellationToken cancellationToken)
    {
        await views.ExecuteAsync(db, which, actor, "the session ended", cancellationToken);
        return await db.Set<MemberSession>().Where(which).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Begins a session within the transaction on the context; the ticket for the cookie, which no one can ask for again.</summary>
    public async Task<string> BeginAsync(ConsoleDb db, Guid member, string method, Visitor visitor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var idleSince = now - options.SessionIdle;
        await EndAsync(db, held => held.ExpiresAt <= now || (held.MemberId == member && held.LastSeenAt <= idleSince), Actor.System, cancellationToken);
        var oldest = await db.Set<MemberSession>().Where(held => held.MemberId == member).OrderByDescending(held => held.CreatedAt).Skip(MaxPerMember - 1).Select(held => held.TicketHash).ToListAsync(cancellationToken);
        if (oldest.Count > 0) await EndAsync(db, held => oldest.Contains(held.TicketHash), Actor.System, cancellationToken);
        var ticket = SecretLink.New();
        db.Add(new MemberSession
        {
            TicketHash = SecretLink.Hash(SecretLink.Session, ticket),
            MemberId = member,
            Method = method,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + Lifetime,
            Address = visitor.Address,
            UserAgent = visitor.UserAgent,
        });
        await db.SaveChangesAsync(cancellationToken);
        return ticket;
    }

    public static async Task<List<(Role Role, string Tenant)>> RolesAsync(ConsoleDb db, Guid member, CancellationToken cancellationToken) =>
        [.. (await db.Set<Membership>().AsNoTracking().Where(held => held.MemberId == member).OrderBy(held => held.TenantId).Select(held => new { held.Role, held.TenantId })
            .ToListAsync(cancellationToken)).Select(static held => (held.Role, held.TenantId))];

    private static Task<int> SeeAsync(ConsoleDb db, byte[] session, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Set<MemberSession>().Where(held => held.TicketHash == session).ExecuteUpdateAsync(set => set.SetProperty(held => held.LastSeenAt, now), cancellationToken);
}
