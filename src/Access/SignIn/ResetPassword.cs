using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>A new password by a link, once. Every session ends; the second factor stays, and is asked for at the sign-in that follows.</summary>
internal sealed class ResetPassword(MemberDb store, MemberSessions sessions, PasswordRules rules, IPasswordHasher<Member> hasher, IChangeFeed changes, TimeProvider time)
{
    public async Task<bool> IsOpenAsync(string secret, CancellationToken cancellationToken)
    {
        var (hash, now) = (SecretLink.Hash(SecretLink.Reset, secret), time.GetUtcNow());
        await using var db = store.Open();
        return await db.Set<PasswordReset>().AnyAsync(reset => reset.LinkHash == hash && reset.ExpiresAt > now, cancellationToken);
    }

    public async Task<Error?> ExecuteAsync(string secret, string password, Visitor visitor, CancellationToken cancellationToken)
    {
        var (hash, now) = (SecretLink.Hash(SecretLink.Reset, secret), time.GetUtcNow());
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var reset = await db.Set<PasswordReset>().AsNoTracking().SingleOrDefaultAsync(one => one.LinkHash == hash && one.ExpiresAt > now, cancellationToken);
        var member = reset is null ? null : await db.Set<Member>().SingleOrDefaultAsync(one => one.MemberId == reset.MemberId, cancellationToken);
        if (member is null) return new LinkExpired();
        if (await rules.CheckAsync(password, member.Email, cancellationToken) is { } weak) return weak;
        if (await db.Set<PasswordReset>().Where(one => one.LinkHash == hash).ExecuteDeleteAsync(cancellationToken) != 1) return new LinkExpired();
        (member.PasswordHash, member.FailedAttempts, member.LockedUntil) = (hasher.HashPassword(member, password), 0, null);
        var actor = visitor.As($"member:{member.Email}");
        await store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, actor, "member.reset-password", member.Email), cancellationToken);
        await sessions.EndAsync(db, session => session.MemberId == member.MemberId, actor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }

    /// <summary>Notes on the member that a reset is asked for, for an admin to see; whoever is meant, or nobody, it is one audit row and one commit.</summary>
    public async Task AskAsync(string email, Visitor visitor, CancellationToken cancellationToken)
    {
        var (key, now) = (Member.KeyOf(email), time.GetUtcNow());
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var known = await db.Set<Member>().Where(member => member.EmailKey == key).ExecuteUpdateAsync(set => set.SetProperty(member => member.ResetAskedAt, now), cancellationToken) == 1;
        await store.AuditAsync(db, new(Membership.Platform, visitor.As("visitor"), "member.ask-reset", known ? email.Trim() : SignInAudit.UnknownAddress), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
