using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Lets a session of staff look at the console as one of a tenant's members does, and only look. That is kept with the session in the store and nowhere else: no header, query or
/// cookie of a request says so, and every request and every open page reads it anew.
/// </summary>
internal sealed class StartViewAs(MemberDb store, EndViews views, Denials denials, IChangeFeed changes, TimeProvider time)
{
    /// <summary>Then it ends by itself.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    public const string Action = "view-as.start";
    public const int MinReason = 5;
    public const int MaxReason = 300;

    /// <param name="role">Of a tenant: what its viewer or its admin sees.</param>
    /// <param name="reason">The tenant's admins read it.</param>
    public async Task<Error?> ExecuteAsync(ClaimsPrincipal member, string tenant, Role role, string reason, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(member).Reporting(denials);
        if (role is not (Role.TenantViewer or Role.TenantAdmin) || member.Session() is not { } session || !caller.CanOnPlatform(Permission.ViewAs)) return caller.Refuse(Action);
        reason = reason.Trim();
        if (reason.Length is < MinReason or > MaxReason || reason.Any(char.IsControl)) return new InvalidReason();
        await using var db = store.Open();
        if (!Tenant.IsValidId(tenant) || !await db.Set<Tenant>().AnyAsync(one => one.TenantId == tenant, cancellationToken)) return new NoSuchTenant(tenant);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await views.ExecuteAsync(db, held => held.TicketHash == session, caller.Actor, "another began", cancellationToken);
        var until = time.GetUtcNow() + Lifetime;
        if (await BeginAsync(db, session, tenant, role, until, cancellationToken) == 0) return new UnknownSession();
        await store.AuditAsync(db, new(tenant, caller.Actor with { OnBehalfOf = tenant }, Action, member.FindFirstValue(ClaimTypes.Email)!, null, new JsonObject
        {
            ["role"] = role.ToString(),
            ["reason"] = reason,
            ["until"] = until.ToString("O", CultureInfo.InvariantCulture),
        }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return null;
    }

    private static Task<int> BeginAsync(ConsoleDb db, byte[] session, string tenant, Role role, DateTimeOffset until, CancellationToken cancellationToken) =>
        db.Set<MemberSession>().Where(held => held.TicketHash == session).ExecuteUpdateAsync(
            set => set.SetProperty(held => held.ViewedTenant, tenant).SetProperty(held => held.ViewedAs, role).SetProperty(held => held.ViewedUntil, until), cancellationToken);
}
