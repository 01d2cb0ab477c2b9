using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Access.SignIn;

/// <summary>The session is its member's own again. Open pages of it follow.</summary>
internal sealed class StopViewAs(MemberDb store, EndViews views, IChangeFeed changes)
{
    public async Task<Error?> ExecuteAsync(ClaimsPrincipal member, CancellationToken cancellationToken)
    {
        if (member.Session() is not { } session) return new UnknownSession();
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await views.ExecuteAsync(db, held => held.TicketHash == session, Caller.Of(member).Actor, "stopped", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }
}
