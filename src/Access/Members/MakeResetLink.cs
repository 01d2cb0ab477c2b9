using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <summary>A link by which a member chooses a new password, for whoever manages that member to hand over. A new one replaces the one before.</summary>
internal sealed class MakeResetLink(MemberDb store, MemberScope scope, TimeProvider time)
{
    /// <summary>The secret of the link; it is shown this once.</summary>
    public async Task<Result<string>> ExecuteAsync(Caller caller, Guid memberId, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var member = await scope.FindManagedAsync(db, caller, memberId, "member.make-reset-link", cancellationToken);
        if (!member.Ok) return member.Error;
        return await MakeAsync(db, member.Value, caller.Actor, cancellationToken);
    }

    /// <summary>For whoever runs the process: the way back in when no operator is left who can.</summary>
    public async Task<Result<string>> ExecuteAsync(string email, CancellationToken cancellationToken)
    {
        var key = Member.KeyOf(email);
        await using var db = store.Open();
        var member = await db.Set<Member>().SingleOrDefaultAsync(one => one.EmailKey == key, cancellationToken);
        if (member is null) return new UnknownMember();
        return await MakeAsync(db, member, Actor.System, cancellationToken);
    }

    private async Task<string> MakeAsync(ConsoleDb db, Member member, Actor actor, CancellationToken cancellationToken)
    {
        var secret = SecretLink.New();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Set<PasswordReset>().Where(reset => reset.MemberId == member.MemberId).ExecuteDeleteAsync(cancellationToken);
        db.Add(new PasswordReset { MemberId = member.MemberId, LinkHash = SecretLink.Hash(SecretLink.Reset, secret), ExpiresAt = time.GetUtcNow() + PasswordReset.Lifetime });
        member.ResetAskedAt = null;
        await store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, actor, "member.make-reset-link", member.Email), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return secret;
    }
}
