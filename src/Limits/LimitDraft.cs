using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Pricing;

namespace AgentConsole.Limits;

/// <summary>A limit as someone asks for it.</summary>
/// <param name="Max">USD of money, else a whole number.</param>
/// <param name="Window">Of concurrency it says nothing, and is left out.</param>
/// <param name="ExpiresAt">Before one without an end, of the same subject: so a raise is temporary.</param>
public sealed record LimitDraft(LimitScope Scope, LimitMeasure Measure, decimal Max, LimitWindow? Window, LimitAction Action = LimitAction.Block, DateTimeOffset? ExpiresAt = null, string? Reason = null)
{
    public const int MaxNameLength = 200;
    public const int MaxReasonLength = 500;

    /// <summary>Dollars.</summary>
    private const decimal MostMoney = 9_000_000_000m;

    /// <summary>In the form in which it is kept, or all that is wrong with it.</summary>
    public Result<LimitDraft> Normalise(DateTimeOffset now)
    {
        var scope = Trim(Scope);
        var window = Measure == LimitMeasure.Concurrency ? null : Window;
        var reason = Given(Reason);
        List<string> errors = [.. ScopeErrors(scope)];
        if (Measure == LimitMeasure.Cost && (Max < 0 || Max > MostMoney || decimal.Round(Max, 6) != Max)) errors.Add("max is USD from 0 to 9000000000 with at most 6 decimals.");
        if (Measure != LimitMeasure.Cost && (Max < 0 || Max > LimitAmount.Most || decimal.Truncate(Max) != Max)) errors.Add($"max is a whole number from 0 to {LimitAmount.Most}.");
        if (window is null && Measure != LimitMeasure.Concurrency) errors.Add("window is one of minute, hour, day, week, month, session.");
        if (ExpiresAt <= now) errors.Add("expiresAt is in the past.");
        if (reason is { Length: > MaxReasonLength } || reason?.Any(char.IsControl) == true) errors.Add($"reason is at most {MaxReasonLength} characters on one line.");
        if (errors.Count > 0) return new InvalidLimit(errors);
        return this with { Scope = scope, Window = window, Reason = reason, ExpiresAt = ExpiresAt?.ToUniversalTime() };
    }

    private static IEnumerable<string> ScopeErrors(LimitScope scope)
    {
        if (scope.Tenant != LimitScope.Each && !Tenant.IsValidId(scope.Tenant)) yield return $"scope.tenant is a tenant's id, or \"{LimitScope.Each}\" for each.";
        foreach (var dimension in scope.Named)
            if (scope[dimension]!.Length > MaxNameLength || scope[dimension]!.Any(char.IsControl)) yield return $"scope.{dimension.Name()} is at most {MaxNameLength} characters on one line.";
    }

    private static LimitScope Trim(LimitScope scope) => new(
        scope.Tenant, Given(scope.Team), Given(scope.User), Given(scope.Key), Given(scope.Model),
        Given(scope.Provider) is { } provider and not LimitScope.Each ? Providers.Canonical(provider) : Given(scope.Provider), Given(scope.Session));

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;
}
