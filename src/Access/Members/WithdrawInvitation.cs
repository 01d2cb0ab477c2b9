using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <summary>The link of an invitation opens nothing from now on.</summary>
internal sealed class WithdrawInvitation(MemberDb store, MemberScope scope, IChangeFeed changes)
{
    public async Task<Error?> ExecuteAsync(Caller caller, string place, Guid invitationId, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var invitation = await db.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(open => open.TenantId == place && open.InvitationId == invitationId, cancellationToken);
        if (invitation is null || !MemberScope.Sees(caller, [(invitation.Role, place)])) return new UnknownInvitation();
        if (!MemberScope.MayGive(caller, invitation.Role, place)) return scope.Deny(caller, "member.withdraw-invitation");
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Set<Invitation>().Where(open => open.TenantId == place && open.InvitationId == invitationId).ExecuteDeleteAsync(cancellationToken) == 0) return new UnknownInvitation();
        await store.AuditAsync(db, new(place, caller.Actor, "member.withdraw-invitation", invitation.Email, new JsonObject { ["role"] = invitation.Role.ToString() }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }
}
