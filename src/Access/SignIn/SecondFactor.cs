using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>A member's own second factor: on with a key and a code that proves it was read, off with the password.</summary>
internal sealed class SecondFactor(MemberDb store, MemberScope scope, ConfirmPassword confirm, TotpKeys keys, TimeProvider time)
{
    /// <summary>The recovery codes, shown this once.</summary>
    public async Task<Result<string[]>> TurnOnAsync(ClaimsPrincipal principal, string? password, string key, string code, CancellationToken cancellationToken)
    {
        if (!Totp.IsKey(key)) return new WrongCode();
        await using var db = store.Open();
        var confirmed = await confirm.ExecuteAsync(db, principal, password, cancellationToken);
        if (!confirmed.Ok) return confirmed.Error;
        var member = confirmed.Value;
        if (Totp.FindStep(key, code.Replace(" ", "", StringComparison.Ordinal), time.GetUtcNow()) is not { } step) return new WrongCode();
        (member.TotpKey, member.TotpStep) = (keys.Seal(key), step);
        return await RenewCodesAsync(db, member, principal, "member.turn-on-second-factor", cancellationToken);
    }

    public async Task<Result<string[]>> RenewCodesAsync(ClaimsPrincipal principal, string? password, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var confirmed = await confirm.ExecuteAsync(db, principal, password, cancellationToken);
        if (!confirmed.Ok) return confirmed.Error;
        if (confirmed.Value.TotpKey is null) return new StepExpired();
        return await RenewCodesAsync(db, confirmed.Value, principal, "member.renew-recovery-codes", cancellationToken);
    }

    public async Task<Error?> TurnOffAsync(ClaimsPrincipal principal, string? password, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var confirmed = await confirm.ExecuteAsync(db, principal, password, cancellationToken);
        if (!confirmed.Ok) return confirmed.Error;
        await ClearAsync(db, confirmed.Value, Caller.Of(principal).Actor, cancellationToken);
        return null;
    }

    /// <summary>For a member who lost the phone and the codes, by whoever manages that member.</summary>
    public async Task<Error?> TurnOffForAsync(Caller caller, Guid memberId, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var member = await scope.FindManagedAsync(db, caller, memberId, "member.turn-off-second-factor", cancellationToken);
        if (!member.Ok) return member.Error;
        await ClearAsync(db, member.Value, caller.Actor, cancellationToken);
        return null;
    }

    private Task ClearAsync(ConsoleDb db, Member member, Actor actor, CancellationToken cancellationToken)
    {
        (member.TotpKey, member.RecoveryCodes) = (null, []);
        return store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, actor, "member.turn-off-second-factor", member.Email), cancellationToken);
    }

    private async Task<Result<string[]>> RenewCodesAsync(ConsoleDb db, Member member, ClaimsPrincipal principal, string action, CancellationToken cancellationToken)
    {
        var codes = RecoveryCodes.New();
        member.RecoveryCodes = [.. codes.Select(code => RecoveryCodes.Hash(member.MemberId, code))];
        await store.SaveEverywhereAsync(db, member.MemberId, new(Membership.Platform, Caller.Of(principal).Actor, action, member.Email), cancellationToken);
        return codes;
    }
}
