using System.Text.Json.Nodes;
using AgentConsole.Access.Members;
using AgentConsole.Platform.Data;

namespace AgentConsole.Access.SignIn;

/// <summary>Sign-ins in the logs of every tenant of the member, for its admins to see; failures in the platform's, one row whoever was meant.</summary>
internal sealed class SignInAudit(MemberDb store)
{
    public const string UnknownAddress = "unknown address";

    public Task SignedInAsync(ConsoleDb db, Member member, string method, Visitor visitor, CancellationToken cancellationToken) => store.AuditEverywhereAsync(
        db, member.MemberId, new(Membership.Platform, visitor.As($"member:{member.Email}"), "member.sign-in", member.Email, null, new JsonObject { ["method"] = method }), cancellationToken);

    /// <param name="email">Of a member; never what was typed, which may be a password in the wrong field.</param>
    public Task FailedAsync(string? email, string method, bool locked, Visitor visitor, CancellationToken cancellationToken) =>
        store.AuditAloneAsync(new(Membership.Platform, visitor.As("visitor"), "member.sign-in-failed", email ?? UnknownAddress, null,
            new JsonObject { ["method"] = method, ["locked"] = locked }), cancellationToken);
}
