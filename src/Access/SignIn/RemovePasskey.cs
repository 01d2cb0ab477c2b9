using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>Takes a passkey of one's own away; never the last way in.</summary>
internal sealed class RemovePasskey(MemberDb store, Denials denials)
{
    public async Task<Error?> ExecuteAsync(ClaimsPrincipal principal, byte[] credentialId, CancellationToken cancellationToken)
    {
        if (principal.RefuseWhileViewing(denials, "member.remove-passkey") is { } refused) return refused;
        var id = principal.MemberId();
        await using var db = store.Open();
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.MemberId == id, cancellationToken);
        var passkeys = await db.Set<MemberPasskey>().Where(one => one.MemberId == id).ToListAsync(cancellationToken);
        var passkey = passkeys.SingleOrDefault(one => one.CredentialId.AsSpan().SequenceEqual(credentialId));
        if (member is null || passkey is null) return new PasskeyRefused();
        var hasOther = member.PasswordHash is not null || passkeys.Count > 1 || await db.Set<MemberLogin>().AnyAsync(login => login.MemberId == id, cancellationToken);
        if (!hasOther) return new LastWayIn();
        db.Remove(passkey);
        await store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, Caller.Of(principal).Actor, "member.remove-passkey", member.Email), cancellationToken);
        return null;
    }
}
