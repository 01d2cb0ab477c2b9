using System.Text.Json;
using AgentConsole.Pricing;

namespace AgentConsole.Usage.Api;

internal sealed record RequestPageJson(IReadOnlyList<RequestRowJson> Items, string? NextCursor)
{
    public static RequestPageJson Of(RequestPage page) => new([.. page.Items.Select(RequestRowJson.Of)], page.NextCursor);
}

internal sealed record RequestRowJson(
    string Tenant, string Source, string Id, DateTimeOffset OccurredAt, string? Provider, string? Model, string Status, int? HttpStatus,
    string? User, string? Key, string? Session, TokensJson Tokens, string? Cost, string? CostReported,
    int? LatencyMs, int? TtftMs, int AttemptCount, IReadOnlyList<string> Conflicts,
    string? Error, string? Team, string? Agent, string? Tool, string? Operation, PromptJson? Prompt)
{
    public static RequestRowJson Of(RequestRow row) => new(
        row.Tenant, row.Source, row.Id, row.OccurredAt, JsonText.OrNull(row.Provider), JsonText.OrNull(row.Model), row.Status.Name(), row.HttpStatus,
        row.User, row.Key, row.Session, TokensJson.Of(row.Tokens), JsonMoney.Of(row.Cost), JsonMoney.Of(row.CostReported),
        row.LatencyMs, row.TtftMs, row.AttemptCount, row.Conflicts,
        row.Error, row.Team, row.Agent, row.Tool, row.Operation, row.Prompt is null ? null : new(row.Prompt, row.PromptVersion));
}

/// <summary>One request with its receipt.</summary>
internal sealed record RequestDetailJson(
    string Tenant, string Source, string Id, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt, string? Provider, string? Model, string? RequestedModel,
    string? Operation, string Status, int? HttpStatus, string? Error, string? User, string? Key, string? Team, string? Session, string? Thread, string? Agent, string? Tool,
    PromptJson? Prompt, string? Sandbox, JsonElement? Tags, TokensJson Tokens, string? Cost, string? CostReported,
    string? UsageDialect, string ServiceTier, bool Batch, string? Region, int? LatencyMs, int? TtftMs, bool Stream,
    ReceiptJson Receipt, JsonElement? RawUsage, JsonElement Attempts, JsonElement Hops)
{
    public static RequestDetailJson Of(UsageEvent usage, Receipt receipt) => new(
        usage.TenantId, usage.Source, usage.Id, usage.OccurredAt, usage.ReceivedAt, JsonText.OrNull(usage.Provider), JsonText.OrNull(usage.Model), usage.RequestedModel,
        usage.Operation, usage.Status.Name(), usage.HttpStatus, usage.Error, usage.User, usage.Key, usage.Team, usage.Session, usage.Thread, usage.Agent, usage.Tool,
        usage.Prompt is null ? null : new(usage.Prompt, usage.PromptVersion), usage.Sandbox, JsonText.Parse(usage.Tags), TokensJson.Of(usage.Tokens),
        JsonMoney.Of(usage.Cost), JsonMoney.Of(usage.CostReported), usage.UsageDialect, usage.ServiceTier, usage.Batch, usage.Region, usage.LatencyMs, usage.TtftMs, usage.Stream,
        ReceiptJson.Of(usage, receipt), JsonText.Parse(usage.RawUsage), JsonText.Parse(usage.Attempts) ?? JsonText.EmptyArray, JsonText.Parse(usage.Hops) ?? JsonText.EmptyArray);
}

internal sealed record PromptJson(string Name, string? Version);

internal static class JsonText
{
    public static readonly JsonElement EmptyArray = JsonSerializer.SerializeToElement(Array.Empty<object>());

    public static string? OrNull(string text) => text.Length == 0 ? null : text;

    public static JsonElement? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}
