using System.Net.Mail;
using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Members;

/// <param name="Secret">For the link; it is shown this once.</param>
internal sealed record Invited(string Email, string Secret, DateTimeOffset ExpiresAt);

/// <summary>Offers a role to an address. A second invitation of the same address to the same place replaces the first, whose link then opens nothing.</summary>
internal sealed class InviteMember(MemberDb store, MemberScope scope, IChangeFeed changes, TimeProvider time)
{
    public const int MaxOpen = 1000;

    public async Task<Result<Invited>> ExecuteAsync(Caller caller, string email, Role role, string? tenant, CancellationToken cancellationToken)
    {
        var place = Membership.PlaceOf(role, tenant);
        if (!MemberScope.MayGive(caller, role, place)) return scope.Deny(caller, "member.invite");
        email = email.Trim();
        if (!IsEmail(email)) return new InvalidEmail(email);

        await using var db = store.Open();
        if (await ConflictAsync(db, email, role, place, cancellationToken) is { } conflict) return conflict;
        var secret = SecretLink.New();
        var invitation = New(email, role, place, secret, caller);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Set<Invitation>().Where(open => open.TenantId == place && open.EmailKey == invitation.EmailKey).ExecuteDeleteAsync(cancellationToken);
        db.Add(invitation);
        await store.SaveAsync(db, new(place, caller.Actor, "member.invite", email, null, new JsonObject { ["role"] = role.ToString() }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal(Topics.Members);
        return new Invited(email, secret, invitation.ExpiresAt);
    }

    internal static bool IsEmail(string text) => text.Length <= Member.MaxEmailLength && !text.Any(char.IsControl) && !text.Contains(' ', StringComparison.Ordinal)
        && MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static async Task<Error?> ConflictAsync(ConsoleDb db, string email, Role role, string place, CancellationToken cancellationToken)
    {
        var key = Member.KeyOf(email);
        if (!role.IsStaff() && !await db.Set<Tenant>().AnyAsync(tenant => tenant.TenantId == place, cancellationToken)) return new NoSuchTenant(place);
        if (await db.Set<Invitation>().CountAsync(open => open.TenantId == place, cancellationToken) >= MaxOpen) return new TooManyInvitations(MaxOpen);
        var hasRole = await (from member in db.Set<Member>()
                             join held in db.Set<Membership>() on member.MemberId equals held.MemberId
                             where member.EmailKey == key && held.TenantId == place
                             select held).AnyAsync(cancellationToken);
        return hasRole ? new AlreadyMember(email) : null;
    }

    private Invitation New(string email, Role role, string place, string secret, Caller caller)
    {
        var now = time.GetUtcNow();
        return new()
        {
            TenantId = place,
            InvitationId = Guid.CreateVersion7(now),
            Email = email,
            EmailKey = Member.KeyOf(email),
            Role = role,
            LinkHash = SecretLink.Hash(SecretLink.Invitation, secret),
            InvitedBy = caller.Name,
            CreatedAt = now,
            ExpiresAt = now + Invitation.Lifetime,
        };
    }
}
