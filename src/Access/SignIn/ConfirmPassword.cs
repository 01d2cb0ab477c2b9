using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Asks again for the password before the ways in are changed: a page that was left open is not enough to keep them. A member without a password, who signs in by passkey or
/// elsewhere, has none to give.
/// </summary>
internal sealed class ConfirmPassword(IPasswordHasher<Member> hasher, Denials denials, TimeProvider time)
{
    /// <summary>The member, tracked by the context.</summary>
    public async Task<Result<Member>> ExecuteAsync(ConsoleDb db, ClaimsPrincipal principal, string? password, CancellationToken cancellationToken)
    {
        if (principal.RefuseWhileViewing(denials, "member.change-ways-in") is { } refused) return refused;
        var id = principal.MemberId();
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.MemberId == id, cancellationToken);
        if (member is null) return new UnknownMember();
        if (member.PasswordHash is { } hash)
        {
            if (!await Attempts.TakeAsync(db, member.MemberId, time.GetUtcNow(), cancellationToken)) return new SignInRefused();
            var given = password ?? "";
            if (given.Length > PasswordRules.MaxLength || hasher.VerifyHashedPassword(member, hash, given) == PasswordVerificationResult.Failed) return new WrongPassword();
            await Attempts.ClearAsync(db, member.MemberId, cancellationToken);
        }
        return await db.Set<Member>().SingleAsync(one => one.MemberId == id, cancellationToken);
    }
}
