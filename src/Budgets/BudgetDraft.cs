using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Budgets;

/// <summary>A budget as someone asks for it.</summary>
/// <param name="Amount">USD.</param>
/// <param name="Thresholds">Percent of the amount.</param>
public sealed record BudgetDraft(string? Name, BudgetScope Scope, decimal Amount, BudgetPeriod Period, IReadOnlyList<int> Thresholds, bool Block, IReadOnlyList<Guid> Channels)
{
    public const int MaxNameLength = 100;
    public const int MaxValueLength = 200;
    public const int MostThresholds = 10;
    public const int MostChannels = 20;
    public const int HighestThreshold = 1000;

    /// <summary>USD.</summary>
    public const decimal MostMoney = 1_000_000_000m;

    public static readonly IReadOnlyList<int> UsualThresholds = [50, 80, 100];

    /// <summary>In the form in which it is kept, or all that is wrong with it.</summary>
    public Result<BudgetDraft> Normalise()
    {
        var (name, scope) = (Given(Name), Trim(Scope));
        int[] thresholds = [.. Thresholds.Distinct().Order()];
        List<string> errors = [.. ScopeErrors(scope)];
        if (name is { Length: > MaxNameLength } || name?.Any(char.IsControl) == true) errors.Add($"name is at most {MaxNameLength} characters on one line.");
        if (Amount <= 0 || Amount > MostMoney || decimal.Round(Amount, 6) != Amount) errors.Add($"amount is USD above 0 and at most {MostMoney}, with at most 6 decimals.");
        if (thresholds.Length is 0 or > MostThresholds || thresholds.Any(static threshold => threshold is < 1 or > HighestThreshold)) errors.Add($"thresholds are 1 to {MostThresholds} whole percentages from 1 to {HighestThreshold}.");
        if (Channels.Count > MostChannels) errors.Add($"channels are at most {MostChannels}.");
        if (errors.Count > 0) return new InvalidBudget(errors);
        return this with { Name = name, Scope = scope, Amount = Amount / 1.000000000000m, Thresholds = thresholds, Channels = [.. Channels.Distinct()] };
    }

    private static IEnumerable<string> ScopeErrors(BudgetScope scope)
    {
        if (scope.Tenant == BudgetScope.Each || !Tenant.IsValidId(scope.Tenant)) yield return "scope.tenant is the id of one tenant.";
        if (scope.Named.Count(static part => part.Value == BudgetScope.Each) > 1) yield return $"scope has \"{BudgetScope.Each}\" for one dimension at most.";
        foreach (var (dimension, value) in scope.Named)
            if (value.Length > MaxValueLength || value.Any(char.IsControl)) yield return $"scope.{dimension.Name()} is at most {MaxValueLength} characters on one line.";
    }

    private static BudgetScope Trim(BudgetScope scope) => new(
        scope.Tenant, Given(scope.Team), Given(scope.User), Given(scope.Key), Given(scope.Model),
        Given(scope.Provider) is { } provider and not BudgetScope.Each ? Providers.Canonical(provider) : Given(scope.Provider));

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;
}
