using System.Text.Json.Nodes;
using AgentConsole.Usage;

namespace AgentConsole.Budgets;

/// <summary>What a budget is about. A name means that one, <see cref="Each"/> means each (each user gets that much), null means that it does not matter.</summary>
public sealed record BudgetScope(string Tenant, string? Team = null, string? User = null, string? Key = null, string? Model = null, string? Provider = null)
{
    public const string Each = "*";

    private static readonly (Dimension Dimension, Func<BudgetScope, string?> Value)[] Dimensions =
    [
        (Dimension.Team, static scope => scope.Team), (Dimension.User, static scope => scope.User), (Dimension.Key, static scope => scope.Key),
        (Dimension.Model, static scope => scope.Model), (Dimension.Provider, static scope => scope.Provider),
    ];

    /// <summary>What it names, tenant apart.</summary>
    public IEnumerable<(Dimension Dimension, string Value)> Named => Dimensions.Select(part => (part.Dimension, Value: part.Value(this)!)).Where(static part => part.Value is not null);

    /// <summary>The dimension of which each has the amount; null when it is one budget.</summary>
    public Dimension? EachOf => Named.Where(static part => part.Value == Each).Select(static part => (Dimension?)part.Dimension).FirstOrDefault();

    /// <summary>The usage that counts.</summary>
    public UsageFilter Filter => Named.Where(static part => part.Value != Each).Aggregate(UsageFilter.None.With(Dimension.Tenant, Tenant), static (filter, part) => filter.With(part.Dimension, part.Value));

    /// <summary>Such as <c>user u-17, model gpt-5</c>; empty for the whole tenant.</summary>
    public string Words => string.Join(", ", Named.Select(static part => part.Value == Each ? $"each {part.Dimension.Name()}" : $"{part.Dimension.Name()} {part.Value}"));

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["tenant"] = Tenant };
        foreach (var (dimension, value) in Named) json[dimension.Name()] = value;
        return json;
    }
}
