using AgentConsole.Access.SignIn;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <summary>Who may act on which member. What is not allowed is audited; what is not even visible is not found.</summary>
internal sealed class MemberScope(Denials denials)
{
    /// <summary>
    /// The member, if the caller may act on what is the member's everywhere: sessions, the way back in, the second factor. That takes <see cref="Permission.ManageMembers"/> in
    /// every place where the member has a role: else the admin of one tenant would hold the keys of another, or of the platform.
    /// </summary>
    public async Task<Result<Member>> FindManagedAsync(ConsoleDb db, Caller caller, Guid memberId, string action, CancellationToken cancellationToken)
    {
        var member = await db.Set<Member>().SingleOrDefaultAsync(one => one.MemberId == memberId, cancellationToken);
        var roles = await MemberSessions.RolesAsync(db, memberId, cancellationToken);
        if (member is null || !Sees(caller, roles)) return new UnknownMember();
        if (!Covers(caller, roles)) return Deny(caller, action);
        return member;
    }

    public static bool Sees(Caller caller, IReadOnlyCollection<(Role Role, string Tenant)> roles) =>
        caller.CanOnPlatform(Permission.ReadMembers) || roles.Any(held => held.Tenant != Membership.Platform && caller.Can(Permission.ReadMembers, held.Tenant));

    public static bool Covers(Caller caller, IReadOnlyCollection<(Role Role, string Tenant)> roles) =>
        caller.CanOnPlatform(Permission.ManageMembers) || (roles.Count > 0 && roles.All(held => held.Tenant != Membership.Platform && caller.Can(Permission.ManageMembers, held.Tenant)));

    /// <summary>Whether the caller may give or take this role there: staff roles are the platform's to give.</summary>
    public static bool MayGive(Caller caller, Role role, string place) =>
        role.IsStaff() ? place == Membership.Platform && caller.CanOnPlatform(Permission.ManageMembers) : place != Membership.Platform && caller.Can(Permission.ManageMembers, place);

    public Error Deny(Caller caller, string action)
    {
        denials.Note(caller, action);
        return new NotAllowed();
    }
}
