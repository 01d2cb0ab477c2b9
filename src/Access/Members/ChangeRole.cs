using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <summary>Gives a member another role in the same place, or takes it away. Open pages of the member follow within a minute.</summary>
internal sealed class ChangeRole(MemberDb store, MemberScope scope, IChangeFeed changes)
{
    /// <param name="role">Null takes it away.</param>
    public async Task<Error?> ExecuteAsync(Caller caller, string place, Guid memberId, Role? role, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var member = await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(one => one.MemberId == memberId, cancellationToken);
        var operators = place == Membership.Platform ? await LockOperatorsAsync(db, cancellationToken) : 0;
        var held = await db.Set<Membership>().FromSql($"SELECT * FROM memberships WHERE tenant_id = {place} AND member_id = {memberId} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (member is null || held is null || !MemberScope.Sees(caller, [(held.Role, place)])) return new UnknownMember();
        var action = role is null ? "member.remove" : "member.change-role";
        if (!MemberScope.MayGive(caller, held.Role, place) || (role is { } given && !MemberScope.MayGive(caller, given, place)))
        {
            await transaction.RollbackAsync(cancellationToken);
            return scope.Deny(caller, action);
        }
        if (held.GivenBy.Length > 0) return new GivenByProvider(held.GivenBy);
        if (held.Role == Role.Operator && role != Role.Operator && operators <= 1) return new LastOperator();
        if (held.Role == role) return null;

        var before = new JsonObject { ["role"] = held.Role.ToString() };
        if (role is { } next) held.Role = next;
        else db.Remove(held);
        await store.SaveAsync(db, new(place, caller.Actor, action, member.Email, before, role is null ? null : new JsonObject { ["role"] = role.ToString() }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }

    /// <summary>How many there are. Their rows are locked first and in one order, so that of two who remove each other one stays.</summary>
    private static async Task<int> LockOperatorsAsync(ConsoleDb db, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<Guid>($"SELECT member_id FROM memberships WHERE tenant_id = {Membership.Platform} AND role = {(short)Role.Operator} ORDER BY member_id FOR UPDATE").ToListAsync(cancellationToken)).Count;
}
