using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Access.Members;

/// <summary>
/// The store as those need it who find out who someone is: before that is known there is no tenant to look from, so memberships and invitations are read across all of them.
/// Everything about members opens the store here, and nothing else does.
/// </summary>
internal sealed class MemberDb(Contexts contexts, AuditLog audit)
{
    public ConsoleDb Open() => contexts.CreateForPlatform();

    /// <summary>In the transaction that is open on the context.</summary>
    public Task AuditAsync(ConsoleDb db, AuditRecord record, CancellationToken cancellationToken) =>
        audit.AppendAsync((NpgsqlConnection)db.Database.GetDbConnection(), record, cancellationToken);

    /// <summary>Of what is no change: a failed sign-in, a denial.</summary>
    public async Task AuditAloneAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        await using var db = Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await AuditAsync(db, record, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Of what touches a member everywhere: in the log of each place where the member has a role, for its admins to see; with none, in the platform's.</summary>
    public async Task AuditEverywhereAsync(ConsoleDb db, Guid member, AuditRecord record, CancellationToken cancellationToken)
    {
        var places = await db.Set<Membership>().Where(held => held.MemberId == member).Select(held => held.TenantId).ToListAsync(cancellationToken);
        // In one order, so that two never wait for each other's chains.
        foreach (var place in places.DefaultIfEmpty(Membership.Platform).Order(StringComparer.Ordinal)) await AuditAsync(db, record with { Tenant = place }, cancellationToken);
    }

    /// <summary>Saves what the context has tracked, with the audit rows of <see cref="AuditEverywhereAsync"/>; all or none.</summary>
    public async Task SaveEverywhereAsync(ConsoleDb db, Guid member, AuditRecord record, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await db.SaveChangesAsync(cancellationToken);
        await AuditEverywhereAsync(db, member, record, cancellationToken);
        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Saves what the context has tracked, with its audit row; both or none.</summary>
    public async Task SaveAsync(ConsoleDb db, AuditRecord record, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await db.SaveChangesAsync(cancellationToken);
        await AuditAsync(db, record, cancellationToken);
        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
    }
}
