using System.Security.Claims;
using System.Text.Json.Nodes;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>Ends a session of oneself, or of a member that the caller answers for. Open pages lose it with the next check of theirs.</summary>
internal sealed class EndSession(MemberDb store, MemberSessions sessions, MemberScope scope, Denials denials, IChangeFeed changes)
{
    /// <summary>Signing out, or ending another session of one's own.</summary>
    public async Task<Error?> ExecuteAsync(ClaimsPrincipal member, byte[] session, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var owned = await db.Set<MemberSession>().AsNoTracking().SingleOrDefaultAsync(held => held.TicketHash == session && held.MemberId == member.MemberId(), cancellationToken);
        if (owned is null) return new UnknownSession();
        var isThis = member.Session()!.AsSpan().SequenceEqual(session);
        if (!isThis && member.RefuseWhileViewing(denials, "member.end-session") is { } refused) return refused;
        return await DeleteAsync(db, owned, new(Membership.Platform, Caller.Of(member).Actor, isThis ? "member.sign-out" : "member.end-session", member.FindFirstValue(ClaimTypes.Email)!), cancellationToken);
    }

    /// <summary>Ends every session of oneself but this one.</summary>
    public async Task<Error?> ExecuteOthersAsync(ClaimsPrincipal member, CancellationToken cancellationToken)
    {
        if (member.RefuseWhileViewing(denials, "member.end-sessions") is { } refused) return refused;
        await using var db = store.Open();
        var (id, current) = (member.MemberId(), member.Session());
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ended = await db.Set<MemberSession>().CountAsync(held => held.MemberId == id && held.TicketHash != current, cancellationToken);
        await store.AuditEverywhereAsync(db, id!.Value, new(Membership.Platform, Caller.Of(member).Actor, "member.end-sessions", member.FindFirstValue(ClaimTypes.Email)!, null, new JsonObject { ["ended"] = ended }), cancellationToken);
        await sessions.EndAsync(db, held => held.MemberId == id && held.TicketHash != current, Caller.Of(member).Actor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }

    /// <summary>Of another member: whoever may manage that member wherever the member has a role.</summary>
    public async Task<Error?> ExecuteForAsync(Caller caller, Guid memberId, byte[] session, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var member = await scope.FindManagedAsync(db, caller, memberId, "member.end-session", cancellationToken);
        if (!member.Ok) return member.Error;
        var held = await db.Set<MemberSession>().AsNoTracking().SingleOrDefaultAsync(one => one.TicketHash == session && one.MemberId == memberId, cancellationToken);
        if (held is null) return new UnknownSession();
        return await DeleteAsync(db, held, new(Membership.Platform, caller.Actor, "member.end-session", member.Value.Email), cancellationToken);
    }

    /// <summary>A browser signs in anew: what it had before ends, as part of that.</summary>
    public async Task ReplaceAsync(byte[] session, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await sessions.EndAsync(db, held => held.TicketHash == session, Actor.System, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
    }

    private async Task<Error?> DeleteAsync(ConsoleDb db, MemberSession session, AuditRecord record, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await store.AuditEverywhereAsync(db, session.MemberId, record, cancellationToken);
        if (await sessions.EndAsync(db, held => held.TicketHash == session.TicketHash, record.Actor, cancellationToken) == 0) return new UnknownSession();
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }
}
