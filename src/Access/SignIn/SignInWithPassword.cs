using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <param name="Ticket">For the session's cookie; null when a second factor is still to come.</param>
internal sealed record SignInStep(Guid Member, string? Ticket);

/// <summary>
/// An address nobody has, a wrong password and a locked member all take the time of one password check, leave one audit row and get one answer.
/// </summary>
internal sealed class SignInWithPassword(MemberDb store, MemberSessions sessions, IPasswordHasher<Member> hasher, SignInAudit audit, TimeProvider time)
{
    private static readonly Member Nobody = new() { MemberId = Guid.Empty, Email = "", EmailKey = "", Name = "" };

    /// <summary>Of a password that no one knows, made once.</summary>
    private readonly string _noPassword = hasher.HashPassword(Nobody, SecretLink.New());

    public async Task<Result<SignInStep>> ExecuteAsync(string email, string password, Visitor visitor, CancellationToken cancellationToken)
    {
        var key = Member.KeyOf(email);
        await using var db = store.Open();
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.EmailKey == key, cancellationToken);
        var counted = await Attempts.TakeAsync(db, member?.MemberId ?? Guid.Empty, time.GetUtcNow(), cancellationToken);
        var verdict = Verify(member, password);
        if (member?.PasswordHash is null || !counted || verdict == PasswordVerificationResult.Failed)
        {
            await audit.FailedAsync(member?.Email, "password", member is not null && !counted, visitor, cancellationToken);
            return new SignInRefused();
        }
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded) await RehashAsync(db, member, password, cancellationToken);
        if (member.TotpKey is not null)
        {
            await Attempts.GiveBackAsync(db, member.MemberId, cancellationToken);
            return new SignInStep(member.MemberId, null);
        }
        return new SignInStep(member.MemberId, await BeginAsync(db, member, visitor, cancellationToken));
    }

    private PasswordVerificationResult Verify(Member? member, string password) => password.Length > PasswordRules.MaxLength
        ? PasswordVerificationResult.Failed
        : hasher.VerifyHashedPassword(member ?? Nobody, member?.PasswordHash ?? _noPassword, password);

    private Task RehashAsync(ConsoleDb db, Member member, string password, CancellationToken cancellationToken)
    {
        var hash = hasher.HashPassword(member, password);
        return db.Set<Member>().Where(one => one.MemberId == member.MemberId).ExecuteUpdateAsync(set => set.SetProperty(one => one.PasswordHash, hash), cancellationToken);
    }

    private async Task<string> BeginAsync(ConsoleDb db, Member member, Visitor visitor, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await Attempts.ClearAsync(db, member.MemberId, cancellationToken);
        var ticket = await sessions.BeginAsync(db, member.MemberId, "password", visitor, cancellationToken);
        await audit.SignedInAsync(db, member, "password", visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ticket;
    }
}
