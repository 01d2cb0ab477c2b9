using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// The two ceremonies of WebAuthn. What the server asked is kept in a sealed cookie of five minutes that also says what it was asked for: an answer to one ceremony opens nothing
/// of the other.
/// </summary>
internal sealed class Passkeys(IPasskeyHandler<Member> handler, ConfirmPassword confirm, MemberDb store, MemberSessions sessions, SignInAudit audit, TimeProvider time)
{
    private const string StateClaim = "state";
    private const string ForSignIn = "sign-in";
    private const int MaxPasskeys = 20;

    /// <summary>For anyone: the browser then offers the passkeys that it has for this site.</summary>
    public async Task<string> AskAsync(HttpContext context)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, context);
        await KeepAsync(context, ForSignIn, asked.AssertionState);
        return asked.RequestOptionsJson;
    }

    /// <summary>For a member who adds one.</summary>
    public async Task<string> OfferAsync(HttpContext context, Guid memberId, ClaimsPrincipal member)
    {
        var id = memberId.ToString();
        var entity = new PasskeyUserEntity { Id = id, Name = member.FindFirstValue(ClaimTypes.Email)!, DisplayName = member.FindFirstValue(ClaimTypes.Name)! };
        var offered = await handler.MakeCreationOptionsAsync(entity, context);
        await KeepAsync(context, id, offered.AttestationState);
        return offered.CreationOptionsJson;
    }

    /// <summary>A passkey with the user verified is two factors in one: no code is asked for.</summary>
    public async Task<Result<SignInStep>> SignInAsync(HttpContext context, string credentialJson, CancellationToken cancellationToken)
    {
        var visitor = Visitor.Of(context);
        var state = await TakeAsync(context, ForSignIn);
        if (state is null) return new StepExpired();
        var result = await Quietly(() => handler.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = credentialJson, AssertionState = state }));
        if (result is not { Succeeded: true })
        {
            await audit.FailedAsync(null, "passkey", locked: false, visitor, cancellationToken);
            return new PasskeyRefused();
        }
        await using var db = store.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var stored = await db.Set<MemberPasskey>().SingleOrDefaultAsync(passkey => passkey.CredentialId == result.Passkey.CredentialId && passkey.MemberId == result.User.MemberId, cancellationToken);
        if (stored is null) return new PasskeyRefused();
        (stored.SignCount, stored.UsedAt, stored.IsBackedUp, stored.IsUserVerified) = (result.Passkey.SignCount, time.GetUtcNow(), result.Passkey.IsBackedUp, result.Passkey.IsUserVerified);
        var ticket = await sessions.BeginAsync(db, stored.MemberId, "passkey", visitor, cancellationToken);
        await audit.SignedInAsync(db, result.User, "passkey", visitor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new SignInStep(stored.MemberId, ticket);
    }

    public async Task<Error?> AddAsync(HttpContext context, ClaimsPrincipal member, string name, string? password, string credentialJson, CancellationToken cancellationToken)
    {
        var id = member.MemberId()!.Value;
        if (await TakeAsync(context, id.ToString()) is not { } state) return new StepExpired();
        var result = await Quietly(() => handler.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = credentialJson, AttestationState = state }));
        if (result is not { Succeeded: true } || result.UserEntity.Id != id.ToString()) return new PasskeyRefused();
        await using var db = store.Open();
        if (await confirm.ExecuteAsync(db, member, password, cancellationToken) is { Ok: false, Error: var refused }) return refused;
        if (await db.Set<MemberPasskey>().CountAsync(passkey => passkey.MemberId == id, cancellationToken) >= MaxPasskeys) return new TooManyPasskeys(MaxPasskeys);
        db.Add(New(id, name, result.Passkey));
        await store.SaveEverywhereAsync(db, id, new(Membership.Platform, Visitor.Of(context).As(member.FindFirstValue(ClaimTypes.NameIdentifier)!), "member.add-passkey", member.FindFirstValue(ClaimTypes.Email)!), cancellationToken);
        return null;
    }

    private MemberPasskey New(Guid member, string name, UserPasskeyInfo passkey) => new()
    {
        CredentialId = passkey.CredentialId,
        MemberId = member,
        Name = name.Trim() is { Length: > 0 and <= 100 } given ? given : "Passkey",
        PublicKey = passkey.PublicKey,
        CreatedAt = time.GetUtcNow(),
        SignCount = passkey.SignCount,
        Transports = passkey.Transports ?? [],
        IsUserVerified = passkey.IsUserVerified,
        IsBackupEligible = passkey.IsBackupEligible,
        IsBackedUp = passkey.IsBackedUp,
        AttestationObject = passkey.AttestationObject,
        ClientDataJson = passkey.ClientDataJson,
    };

    private static Task KeepAsync(HttpContext context, string purpose, string? state) => context.SignInAsync(MemberCookies.Passkey,
        new(new ClaimsIdentity([new(MemberCookies.SubjectClaim, purpose), new(StateClaim, state ?? "")], MemberCookies.Passkey)));

    /// <summary>Once: the cookie is cleared whatever comes of it.</summary>
    private static async Task<string?> TakeAsync(HttpContext context, string purpose)
    {
        var kept = await context.AuthenticateAsync(MemberCookies.Passkey);
        await context.SignOutAsync(MemberCookies.Passkey);
        return kept.Principal?.FindFirstValue(MemberCookies.SubjectClaim) == purpose ? kept.Principal.FindFirstValue(StateClaim) : null;
    }

    /// <summary>What a browser sends may be anything, and the handler's parsers then throw.</summary>
    private static async Task<T?> Quietly<T>(Func<Task<T>> ceremony) where T : class
    {
        try
        {
            return await ceremony();
        }
        catch (Exception error) when (error is PasskeyException or System.Text.Json.JsonException or FormatException or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
