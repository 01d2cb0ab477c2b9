using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Usage.Rollups;
using Npgsql;

namespace AgentConsole.Usage.Repricing;

/// <summary>An event with what it cost and what it costs by a book.</summary>
internal readonly record struct RepricedEvent(
    RolledEvent Usage, string Id, string Source, bool OldDiffers, decimal? NewCost, string? NewPriceId, bool NewDiffers)
{
    /// <summary>In the order in which <see cref="Read"/> reads them.</summary>
    public static readonly string Columns = $"""
        r.tenant_id, r.occurred_at, r.provider, r.model, r.status, r.user_id, r.key_id, r.event_id, r.source, r.service_tier, r.batch, r.region, r.tool_uses,
        r.cost, r.cost_reported, '{UsageCost.ReportedDiffers}' = ANY(r.conflicts), {string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"))}
        """;

    private const int FirstBucket = 16;

    public decimal? OldCost => Usage.Cost;

    /// <summary>A cost that stays keeps the row that made it: that the same price is now in another row, too, changes nothing.</summary>
    public bool Changed => OldCost != NewCost || OldDiffers != NewDiffers;

    /// <summary>+1 when the conflict with the reported cost is new, -1 when it is gone.</summary>
    public short Drift => (short)((NewDiffers ? 1 : 0) - (OldDiffers ? 1 : 0));

    public int UnpricedChange => (NewCost is null ? 1 : 0) - (OldCost is null ? 1 : 0);

    public decimal CostChange => (NewCost ?? 0) - (OldCost ?? 0);

    public static RepricedEvent Read(NpgsqlDataReader reader, PriceBook book)
    {
        var usage = new RolledEvent(
            reader.GetString(0), reader.GetDateTime(1), reader.GetString(2), reader.GetString(3), (UsageStatus)reader.GetInt16(4), Text(reader, 5) ?? "", Text(reader, 6) ?? "", 0,
            Money(reader, 13), null, Tokens(reader));
        var consumption = new Consumption(
            usage.Tenant, usage.Provider, usage.Model, new DateTimeOffset(usage.OccurredAt), usage.Tokens, reader.GetString(9), reader.GetBoolean(10), Text(reader, 11),
            Text(reader, 12) is { } uses ? JsonSerializer.Deserialize<Dictionary<string, long>>(uses) : null);
        var (cost, priceId) = UsageCost.Of(consumption, usage.Status, book);
        return new(usage, reader.GetString(7), reader.GetString(8), reader.GetBoolean(15), cost, priceId, UsageCost.Differs(cost, Money(reader, 14)));
    }

    private static TokenCounts Tokens(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(FirstBucket + (int)bucket) is not 0 and var count) tokens = tokens.With(bucket, count);
        return tokens;
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static decimal? Money(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetDecimal(ordinal);
}
