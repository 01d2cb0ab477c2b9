using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentConsole.Limits.Api;

/// <summary>A scope in the shape of the public contract: a name, <c>*</c> for each, or left out.</summary>
internal sealed record ScopeJson(
    string Tenant,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Team,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? User,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Session);

/// <summary>A limit in the shape of the public contract.</summary>
/// <param name="Max">USD of money, else a whole number, as text.</param>
/// <param name="Window">None of concurrency.</param>
internal sealed record LimitJson(
    Guid Id, ScopeJson Scope, string Measure, string Max,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Window, string Action,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    DateTimeOffset CreatedAt, string CreatedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ChangedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ChangedBy)
{
    public static LimitJson Of(LimitRow row)
    {
        var scope = row.Scope;
        return new(
            row.Id, new(scope.Tenant, scope.Team, scope.User, scope.Key, scope.Model, scope.Provider, scope.Session), row.Measure.Name(), LimitAmount.Text(row.Measure, row.Max), row.Window?.Name(), row.Action.Name(),
            row.ExpiresAt, row.Reason, row.CreatedAt, row.CreatedBy, row.ChangedAt, row.ChangedBy);
    }

    /// <summary>Reads what <see cref="LimitDraft.Normalise"/> then checks.</summary>
    public static LimitDraft Read(LimitBody body, string? tenant)
    {
        var scope = body.Object("scope");
        var measure = body.Choice("measure", LimitNames.Measure, isRequired: true);
        var window = body.Choice("window", LimitNames.Window, isRequired: measure is not (null or LimitMeasure.Concurrency));
        return new(
            new(tenant is null ? scope.RequiredText("tenant") : scope.Text("tenant") ?? tenant, scope.Text("team"), scope.Text("user"), scope.Text("key"), scope.Text("model"), scope.Text("provider"), scope.Text("session")),
            measure ?? LimitMeasure.Requests, body.RequiredDecimal("max"), window, body.Choice("action", LimitNames.Action, isRequired: false) ?? LimitAction.Block, body.Time("expiresAt"), body.Text("reason"));
    }
}

internal sealed record LimitListJson(IReadOnlyList<LimitJson> Items, string? NextCursor, int Total);

/// <summary>How one limit stands. Amounts are texts in the limit's unit; null is not known.</summary>
internal sealed record StandingJson(LimitJson Limit, bool Overridden, bool Binds, string? Used, string? Held, string? Remaining, DateTimeOffset? WindowStart, DateTimeOffset? ResetsAt)
{
    public static StandingJson Of(LimitStanding standing)
    {
        var measure = standing.Limit.Measure;
        return new(LimitJson.Of(standing.Limit), standing.IsOverridden, standing.Binds, Text(standing.Spent), Text(standing.Held), Text(standing.Remaining), standing.From, standing.ResetsAt);

        string? Text(decimal? value) => value is { } known ? LimitAmount.Text(measure, known) : null;
    }
}

/// <param name="Binding">The id of the limit that is reached first; null when none blocks, or what is used is not known.</param>
internal sealed record EffectiveJson(ScopeJson Subject, DateTimeOffset At, string TimeZone, Guid? Binding, IReadOnlyList<StandingJson> Items)
{
    public static EffectiveJson Of(LimitStandings standings)
    {
        var subject = standings.Subject;
        return new(
            new(subject.Tenant, subject.Team, subject.User, subject.Key, subject.Model, subject.Provider, subject.Session), standings.At, standings.Zone.Id,
            standings.Items.FirstOrDefault(static standing => standing.Binds)?.Limit.Id, [.. standings.Items.Select(StandingJson.Of)]);
    }
}

internal sealed record BlockedJson(IReadOnlyDictionary<string, string> Subject, DateTimeOffset FirstAt, long Requests, string Cost);

/// <param name="Complete">False: there may be more than what is listed.</param>
internal sealed record DryRunJson(DateTimeOffset From, DateTimeOffset To, bool Complete, int Subjects, long Requests, string Cost, DateTimeOffset? FirstAt, int AlreadyExceeded, IReadOnlyList<BlockedJson> Blocked)
{
    public static DryRunJson Of(LimitDryRun run) => new(
        run.From, run.To, run.IsComplete, run.Blocked.Count, run.Requests, Money(run.Cost), run.FirstAt, run.AlreadyExceeded,
        [.. run.Blocked.Select(static one => new BlockedJson(one.Subject, one.FirstAt, one.Requests, Money(one.Cost)))]);

    private static string Money(decimal cost) => LimitAmount.Text(LimitMeasure.Cost, cost);
}

internal sealed record GrantedJson(bool Granted, DateTimeOffset? HoldExpiresAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LimitJson>? Warnings)
{
    public static GrantedJson Of(LimitDecision decision) => new(true, decision.HoldExpiresAt, decision.Warnings.Count == 0 ? null : [.. decision.Warnings.Select(LimitJson.Of)]);
}

/// <param name="Remaining">In the limit's unit; null when it is not known.</param>
/// <param name="Reason">exceeded, or unknown: what was spent is not known at present.</param>
internal sealed record RefusedJson(bool Granted, LimitJson Limit, string? Remaining, DateTimeOffset? ResetsAt, string Reason)
{
    public static RefusedJson Of(LimitRefusal refusal) => new(
        false, LimitJson.Of(refusal.Limit), refusal.Remaining is { } remaining ? LimitAmount.Text(refusal.Limit.Measure, remaining) : null, refusal.ResetsAt, refusal.Reason.ToString().ToLowerInvariant());
}

/// <param name="Limit">As it was then.</param>
/// <param name="Asked">What the request was estimated at, in the limit's unit.</param>
internal sealed record RefusalJson(DateTimeOffset At, string RequestId, ScopeJson Subject, LimitJson Limit, string Reason, string? Remaining, string? Asked, DateTimeOffset? ResetsAt)
{
    public static RefusalJson Of(RefusalRow refusal)
    {
        var (subject, measure) = (refusal.Subject, refusal.Limit.Measure);
        return new(
            refusal.At, refusal.RequestId, new(subject.Tenant, subject.Team, subject.User, subject.Key, subject.Model, subject.Provider, subject.Session), LimitJson.Of(refusal.Limit), refusal.Reason.ToString().ToLowerInvariant(),
            Text(refusal.Remaining), Text(refusal.Asked), refusal.ResetsAt);

        string? Text(decimal? value) => value is { } known ? LimitAmount.Text(measure, known) : null;
    }
}

/// <param name="NextCursor">Always null: all that are kept fit on one page.</param>
internal sealed record RefusalListJson(IReadOnlyList<RefusalJson> Items, string? NextCursor);

internal sealed record SettledJson(bool Settled);

internal sealed record ReleasedJson(bool Released);

/// <summary>The shapes of what is answered in front of every request, compiled.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(GrantedJson))]
[JsonSerializable(typeof(RefusedJson))]
[JsonSerializable(typeof(SettledJson))]
[JsonSerializable(typeof(ReleasedJson))]
internal sealed partial class DecisionJson : JsonSerializerContext;

/// <summary>Amounts are texts in the limit's unit.</summary>
internal sealed record CheckJson(string Tenant, Guid Limit, DateTimeOffset CheckedAt, int Meters, string Counted, string Ledger, string Drift, string Held, string Overshoot, string Repaired, long Repairs, DateTimeOffset? RepairedAt)
{
    public static CheckJson Of(LimitCheckRow check)
    {
        return new(check.Tenant, check.LimitId, check.CheckedAt, check.Meters, Text(check.Counted), Text(check.Ledger), Text(check.Drift), Text(check.Held), Text(check.Overshoot), Text(check.Repaired), check.Repairs, check.RepairedAt);

        static string Text(decimal value) => value.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <param name="Counters">ready, loading or away.</param>
/// <param name="Node">Of the node that answers; null for whoever sees some tenants only.</param>
internal sealed record StateJson(string Counters, DateTimeOffset? AwaySince, LimiterFigures? Node, IReadOnlyList<CheckJson> Checks);
