using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>A member's own password. Every other session of the member ends.</summary>
internal sealed class ChangePassword(MemberDb store, MemberSessions sessions, ConfirmPassword confirm, PasswordRules rules, IPasswordHasher<Member> hasher, IChangeFeed changes)
{
    public async Task<Error?> ExecuteAsync(ClaimsPrincipal principal, string current, string next, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var confirmed = await confirm.ExecuteAsync(db, principal, current, cancellationToken);
        if (!confirmed.Ok) return confirmed.Error;
        var member = confirmed.Value;
        if (await rules.CheckAsync(next, member.Email, cancellationToken) is { } weak) return weak;
        var session = principal.Session();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        member.PasswordHash = hasher.HashPassword(member, next);
        await db.Set<PasswordReset>().Where(reset => reset.MemberId == member.MemberId).ExecuteDeleteAsync(cancellationToken);
        await store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, Caller.Of(principal).Actor, "member.change-password", member.Email), cancellationToken);
        await sessions.EndAsync(db, held => held.MemberId == member.MemberId && held.TicketHash != session, Caller.Of(principal).Actor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }
}
