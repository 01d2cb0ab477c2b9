using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AgentConsole.Limits;

/// <summary>A limit as it is shown and as nodes hold it.</summary>
public sealed record LimitRow(
    Guid Id, LimitScope Scope, LimitMeasure Measure, decimal Max, LimitWindow? Window, LimitAction Action, DateTimeOffset? ExpiresAt, string? Reason,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ChangedAt, string? ChangedBy)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What someone would ask for to have it as it is.</summary>
    [JsonIgnore]
    public LimitDraft Draft => new(Scope, Measure, Max, Window, Action, ExpiresAt, Reason);

    /// <summary>Lets nothing through: the switch that stops a tenant, user or key.</summary>
    [JsonIgnore]
    public bool Stops => Max == 0 && Action == LimitAction.Block;

    public bool IsOver(DateTimeOffset now) => ExpiresAt <= now;

    internal static LimitRow Of(Limit limit) => new(
        limit.LimitId, new(limit.TenantId, limit.Team, limit.User, limit.Key, limit.Model, limit.Provider, limit.Session), limit.Measure, limit.Max, limit.Window, limit.Action, limit.ExpiresAt, limit.Reason,
        limit.CreatedAt, limit.CreatedBy, limit.ChangedAt, limit.ChangedBy);

    /// <summary>For the audit.</summary>
    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(
        new { Scope, Measure = Measure.Name(), Max = LimitAmount.Text(Measure, Max), Window = Window?.Name(), Action = Action.Name(), ExpiresAt, Reason }, Json)!;
}
