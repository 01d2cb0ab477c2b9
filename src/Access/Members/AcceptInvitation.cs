using System.Security.Claims;
using System.Text.Json.Nodes;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <param name="IsMember">Someone with this address has an account already and only takes the role.</param>
internal sealed record OpenInvitation(string Email, Role Role, string? Tenant, string? TenantName, bool IsMember);

/// <summary>Turns an invitation into a role, once: by a new member who chooses a password, or by the signed-in member whom it is for.</summary>
internal sealed class AcceptInvitation(
    MemberDb store, MemberSessions sessions, PasswordRules rules, IPasswordHasher<Member> hasher, SignInAudit audit, Denials denials, IChangeFeed changes, TimeProvider time)
{
    /// <summary>What the link offers; null when it offers nothing any more.</summary>
    public async Task<OpenInvitation?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        if (await FindAsync(db, secret, cancellationToken) is not { } invitation) return null;
        var isMember = await db.Set<Member>().AnyAsync(member => member.EmailKey == invitation.EmailKey, cancellationToken);
        var tenant = await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(one => one.TenantId == invitation.TenantId, cancellationToken);
        return new(invitation.Email, invitation.Role, tenant?.TenantId, tenant?.Name, isMember);
    }

    /// <summary>For an address that has no account; answers a ticket, for who holds the link and chooses the password is signed in by that.</summary>
    public async Task<Result<string>> ExecuteAsync(string secret, string name, string password, Visitor visitor, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > Member.MaxNameLength) return new InvalidName();
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await TakeAsync(db, secret, cancellationToken) is not { } invitation) return new LinkExpired();
        if (await rules.CheckAsync(password, invitation.Email, cancellationToken) is { } weak) return weak;
        if (await db.Set<Member>().AnyAsync(one => one.EmailKey == invitation.EmailKey, cancellationToken)) return new OtherMember(invitation.Email);
        var now = time.GetUtcNow();
        var member = new Member { MemberId = Guid.CreateVersion7(now), Email = invitation.Email, EmailKey = invitation.EmailKey, Name = name, CreatedAt = now };
        member.PasswordHash = hasher.HashPassword(member, password);
        db.Add(member);
        await GiveAsync(db, member, invitation, visitor, cancellationToken);
        var ticket = await sessions.BeginAsync(db, member.MemberId, "invitation", visitor, cancellationToken);
        await audit.SignedInAsync(db, member, "invitation", visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return ticket;
    }

    /// <summary>For a member who is signed in as the one who is invited.</summary>
    public async Task<Error?> ExecuteAsync(string secret, ClaimsPrincipal principal, Visitor visitor, CancellationToken cancellationToken)
    {
        if (principal.RefuseWhileViewing(denials, "member.join") is { } refused) return refused;
        var memberId = principal.MemberId();
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await TakeAsync(db, secret, cancellationToken) is not { } invitation) return new LinkExpired();
        var member = await db.Set<Member>().SingleOrDefaultAsync(one => one.MemberId == memberId, cancellationToken);
        if (member is null || member.EmailKey != invitation.EmailKey) return new OtherMember(invitation.Email);
        await GiveAsync(db, member, invitation, visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }

    private async Task GiveAsync(ConsoleDb db, Member member, Invitation invitation, Visitor visitor, CancellationToken cancellationToken)
    {
        await db.Set<Membership>().Where(held => held.TenantId == invitation.TenantId && held.MemberId == member.MemberId).ExecuteDeleteAsync(cancellationToken);
        db.Add(new Membership { TenantId = invitation.TenantId, MemberId = member.MemberId, Role = invitation.Role, CreatedAt = time.GetUtcNow() });
        await store.SaveAsync(db, new(invitation.TenantId, visitor.As($"member:{member.Email}"), "member.join", member.Email, null,
            new JsonObject { ["role"] = invitation.Role.ToString(), ["invitedBy"] = invitation.InvitedBy }), cancellationToken);
    }

    private Task<Invitation?> FindAsync(ConsoleDb db, string secret, CancellationToken cancellationToken)
    {
        var (hash, now) = (SecretLink.Hash(SecretLink.Invitation, secret), time.GetUtcNow());
        return db.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(open => open.LinkHash == hash && open.ExpiresAt > now, cancellationToken);
    }

    /// <summary>Takes it out of the store within the transaction: of two who come with the same link, one has it.</summary>
    private async Task<Invitation?> TakeAsync(ConsoleDb db, string secret, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, secret, cancellationToken) is not { } invitation) return null;
        var taken = await db.Set<Invitation>().Where(open => open.TenantId == invitation.TenantId && open.InvitationId == invitation.InvitationId).ExecuteDeleteAsync(cancellationToken);
        return taken == 1 ? invitation : null;
    }
}
