using System.Globalization;
using System.Text.Json.Nodes;

namespace AgentConsole.Budgets;

/// <param name="Amount">USD.</param>
/// <param name="Thresholds">Percent of the amount, ascending.</param>
/// <param name="Block">Whether what is above the amount is refused.</param>
/// <param name="EvaluatedAt">When it was last looked at; null before the first time.</param>
/// <param name="Problem">Why it could not be summed then; null when it could.</param>
public sealed record BudgetRow(
    string Tenant, Guid Id, string? Name, BudgetScope Scope, decimal Amount, BudgetPeriod Period, IReadOnlyList<int> Thresholds, bool Block, IReadOnlyList<Guid> Channels,
    int Revision, DateTimeOffset? EvaluatedAt, string? Problem, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ChangedAt, string ChangedBy)
{
    /// <summary>Its name, or what it is about.</summary>
    public string Title => Name ?? (Scope.Words is { Length: > 0 } words ? words : $"everything of {Tenant}");

    internal static BudgetRow Of(Budget budget) => new(
        budget.TenantId, budget.BudgetId, budget.Name, new(budget.TenantId, budget.Team, budget.User, budget.Key, budget.Model, budget.Provider), budget.Amount, budget.Period, budget.Thresholds, budget.Block,
        budget.Channels, budget.Revision, budget.EvaluatedAt, budget.Problem, budget.CreatedAt, budget.CreatedBy, budget.ChangedAt, budget.ChangedBy);

    internal JsonNode ToJson() => new JsonObject
    {
        ["name"] = Name,
        ["scope"] = Scope.ToJson(),
        ["amount"] = Amount.ToString(CultureInfo.InvariantCulture),
        ["period"] = Period.Name(),
        ["thresholds"] = new JsonArray([.. Thresholds.Select(static threshold => JsonValue.Create(threshold))]),
        ["block"] = Block,
        ["channels"] = new JsonArray([.. Channels.Select(static channel => JsonValue.Create(channel.ToString()))]),
    };
}
