using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentConsole.Limits;

/// <summary>Who or what a limit is about. A name means that one, <see cref="Each"/> means each (each user gets that much), null means that it does not matter.</summary>
public sealed record LimitScope(string Tenant, string? Team = null, string? User = null, string? Key = null, string? Model = null, string? Provider = null, string? Session = null)
{
    public const string Each = "*";

    public string? this[LimitDimension dimension] => dimension switch
    {
        LimitDimension.Team => Team,
        LimitDimension.User => User,
        LimitDimension.Key => Key,
        LimitDimension.Model => Model,
        LimitDimension.Provider => Provider,
        LimitDimension.Session => Session,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    /// <summary>The dimensions that it names, in their order.</summary>
    public IEnumerable<LimitDimension> Named => LimitNames.Dimensions.Where(dimension => this[dimension] is not null);

    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(this, LimitRow.Json)!;
}

/// <summary>Whose request it is: what is known of it before it is sent.</summary>
public sealed record LimitSubject(string Tenant, string? Team = null, string? User = null, string? Key = null, string? Model = null, string? Provider = null, string? Session = null)
{
    public string? this[LimitDimension dimension] => dimension switch
    {
        LimitDimension.Team => Team,
        LimitDimension.User => User,
        LimitDimension.Key => Key,
        LimitDimension.Model => Model,
        LimitDimension.Provider => Provider,
        LimitDimension.Session => Session,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}
