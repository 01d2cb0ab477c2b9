using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>The second step: a code of the authenticator app, or a recovery code. Each is good once.</summary>
internal sealed class SignInWithSecondFactor(MemberDb store, MemberSessions sessions, TotpKeys keys, SignInAudit audit, TimeProvider time)
{
    public async Task<Result<string>> ExecuteAsync(Guid memberId, string code, Visitor visitor, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.MemberId == memberId, cancellationToken);
        if (member?.TotpKey is null) return new StepExpired();
        var counted = await Attempts.TakeAsync(db, memberId, time.GetUtcNow(), cancellationToken);
        if (!counted || await TakeAsync(db, member, code, cancellationToken) is not { } method)
        {
            await audit.FailedAsync(member.Email, "second factor", !counted, visitor, cancellationToken);
            return counted ? new WrongCode() : new SignInRefused();
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await Attempts.ClearAsync(db, memberId, cancellationToken);
        var ticket = await sessions.BeginAsync(db, memberId, method, visitor, cancellationToken);
        await audit.SignedInAsync(db, member, method, visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ticket;
    }

    /// <summary>What the code was; null when it is none, or was used. Two that come at once with the same code: one of them.</summary>
    private async Task<string?> TakeAsync(ConsoleDb db, Member member, string typed, CancellationToken cancellationToken)
    {
        var code = typed.Replace(" ", "", StringComparison.Ordinal);
        if (Totp.FindStep(keys.Open(member.TotpKey!), code, time.GetUtcNow()) is { } step)
        {
            var taken = await db.Set<Member>().Where(one => one.MemberId == member.MemberId && one.TotpStep < step)
                .ExecuteUpdateAsync(set => set.SetProperty(one => one.TotpStep, step), cancellationToken);
            return taken == 1 ? "password and code" : null;
        }
        var hash = RecoveryCodes.Hash(member.MemberId, code);
        var removed = await db.Database.ExecuteSqlAsync(
            $"UPDATE members SET recovery_codes = array_remove(recovery_codes, {hash}) WHERE member_id = {member.MemberId} AND {hash} = ANY (recovery_codes)", cancellationToken);
        return removed == 1 ? "password and recovery code" : null;
    }
}
