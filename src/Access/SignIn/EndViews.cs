using System.Linq.Expressions;
using System.Text.Json.Nodes;
using AgentConsole.Access.Members;
using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace AgentConsole.Access.SignIn;

/// <summary>Ends what sessions look at as a tenant. Each end is in that tenant's log, once, whoever brings it about.</summary>
internal sealed class EndViews(MemberDb store, IChangeFeed changes, TimeProvider time)
{
    public const string Action = "view-as.stop";

    /// <summary>Within the transaction on the context; how many.</summary>
    /// <param name="actor">Who ends it.</param>
    /// <param name="why">For the log.</param>
    public async Task<int> ExecuteAsync(ConsoleDb db, Expression<Func<MemberSession, bool>> which, Actor actor, string why, CancellationToken cancellationToken)
    {
        var viewing = await (from session in db.Set<MemberSession>().AsNoTracking().Where(which).Where(static held => held.ViewedTenant != null)
                             join member in db.Set<Member>() on session.MemberId equals member.MemberId
                             orderby session.ViewedTenant, session.TicketHash
                             select new { session.TicketHash, Tenant = session.ViewedTenant!, session.ViewedAs, session.ViewedUntil, member.Email }).ToListAsync(cancellationToken);
        var ended = 0;
        foreach (var view in viewing)
        {
            // Of two who end it at once, one does.
            if (await ClearAsync(db, view.TicketHash, view.ViewedUntil, cancellationToken) == 0) continue;
            ended++;
            await store.AuditAsync(db, new(view.Tenant, actor with { OnBehalfOf = view.Tenant }, Action, view.Email, new JsonObject { ["role"] = view.ViewedAs?.ToString() }, new JsonObject { ["why"] = why }), cancellationToken);
        }
        return ended;
    }

    /// <summary>Those whose time is over. Nobody sees as a tenant for longer than that whether or not this runs; it tells the log.</summary>
    public async Task ExecuteOverdueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await ExecuteAsync(db, session => session.ViewedUntil <= now, Actor.System, "its time was over", cancellationToken) == 0) return;
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
    }

    private static Task<int> ClearAsync(ConsoleDb db, byte[] session, DateTimeOffset? until, CancellationToken cancellationToken) =>
        db.Set<MemberSession>().Where(held => held.TicketHash == session && held.ViewedUntil == until).ExecuteUpdateAsync(
            static set => set.SetProperty(held => held.ViewedTenant, (string?)null).SetProperty(held => held.ViewedAs, (Role?)null).SetProperty(held => held.ViewedUntil, (DateTimeOffset?)null), cancellationToken);
}

internal sealed class EndViewsJob(EndViews views) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(EndViewsJob), "30 * * * * ?", "Writes down which views as a tenant are over because their hour is.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await views.ExecuteOverdueAsync(cancellationToken);
}
