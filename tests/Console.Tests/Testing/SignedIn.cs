using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AgentConsole.Tests.Testing;

/// <summary>A member with a session, made without a form and without hashing a password: <c>await SignedIn.AsAsync(app, Role.Operator)</c>, or with a tenant for the other roles.</summary>
/// <remarks>Its <see cref="Client"/> sends the session's cookie and follows no redirect.</remarks>
internal sealed class SignedIn : IDisposable
{
    /// <summary>Of members that get one.</summary>
    public const string Password = "quiet-otters-swim-93";

    private readonly ConsoleApp _app;

    private SignedIn(ConsoleApp app, Guid id, string email, string ticket)
    {
        (_app, Id, Email, Ticket) = (app, id, email, ticket);
        Client = new(app, Cookie);
    }

    public Guid Id { get; }

    public string Email { get; }

    public string Ticket { get; }

    public PageClient Client { get; }

    /// <summary>As a request header has it.</summary>
    public string Cookie => $"console-session={Seal(_app, MemberCookies.Session, new Claim(MemberCookies.TicketClaim, Ticket))}";

    /// <param name="tenant">For the roles of a tenant, which is made when there is none.</param>
    /// <param name="email">A new address for each member, unless said.</param>
    public static async Task<SignedIn> AsAsync(ConsoleApp app, Role role, string? tenant = null, string? email = null)
    {
        var id = await MemberAsync(app, email ??= $"{Guid.NewGuid():N}@example.test", (role, tenant));
        return new(app, id, email, await BeginAsync(app, id));
    }

    /// <summary>A member who is not signed in.</summary>
    public static async Task<Guid> MemberAsync(ConsoleApp app, string email, (Role Role, string? Tenant) role, string? password = null)
    {
        await using var db = app.Get<MemberDb>().Open();
        var member = new Member { MemberId = Guid.NewGuid(), Email = email, EmailKey = Member.KeyOf(email), Name = "Ada Test", CreatedAt = app.Time.Now };
        if (password is not null) member.PasswordHash = app.Get<IPasswordHasher<Member>>().HashPassword(member, password);
        db.Add(member);
        await db.SaveChangesAsync();
        await GiveAsync(app, member.MemberId, role.Role, role.Tenant);
        return member.MemberId;
    }

    public static async Task GiveAsync(ConsoleApp app, Guid id, Role role, string? tenant)
    {
        if (tenant is not null)
            await app.ExecuteAsync($"INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ('{tenant}', '{tenant}', 'UTC', '2026-01-01Z') ON CONFLICT DO NOTHING");
        await using var db = app.Get<MemberDb>().Open();
        db.Add(new Membership { TenantId = Membership.PlaceOf(role, tenant), MemberId = id, Role = role, CreatedAt = app.Time.Now });
        await db.SaveChangesAsync();
    }

    /// <summary>As the rest of the app sees this member now.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync() => (await _app.Get<MemberSessions>().FindAsync(Ticket, CancellationToken.None))!;

    public async Task<Caller> CallerAsync() => Caller.Of(await PrincipalAsync());

    /// <summary>The value of a cookie of any of the schemes.</summary>
    public static string Seal(ConsoleApp app, string scheme, params Claim[] claims)
    {
        var options = app.Get<IOptionsMonitor<CookieAuthenticationOptions>>().Get(scheme);
        var properties = new AuthenticationProperties { IssuedUtc = app.Time.Now, ExpiresUtc = app.Time.Now + TimeSpan.FromDays(1) };
        return options.TicketDataFormat.Protect(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, scheme)), properties, scheme));
    }

    public void Dispose() => Client.Dispose();

    private static async Task<string> BeginAsync(ConsoleApp app, Guid id)
    {
        await using var db = app.Get<MemberDb>().Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var ticket = await app.Get<MemberSessions>().BeginAsync(db, id, "test", new("127.0.0.1", "test"), CancellationToken.None);
        await transaction.CommitAsync();
        return ticket;
    }
}
