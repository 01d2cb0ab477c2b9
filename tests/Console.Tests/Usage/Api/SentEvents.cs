using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Api;

/// <summary>Random events, and what any question about them must be answered, computed the plain way: by looking at every one.</summary>
internal sealed class SentEvents
{
    /// <summary>Around every change of clocks in 2026 in the zones that the tests ask in.</summary>
    private static readonly DateTimeOffset[] Changes =
    [
        Utc("2026-03-08T07:00"), Utc("2026-03-28T22:00"), Utc("2026-04-04T14:00"), Utc("2026-04-04T15:00"), Utc("2026-04-23T22:00"),
        Utc("2026-09-26T14:00"), Utc("2026-10-03T15:30"), Utc("2026-10-24T21:00"), Utc("2026-10-29T21:00"), Utc("2026-11-01T05:00"), Utc("2026-11-01T06:00"),
    ];

    private readonly List<UsageEvent> _events = [];
    private readonly PriceBook _book;

    private SentEvents(PriceBook book) => _book = book;

    public IReadOnlyList<UsageEvent> Events => _events;

    public static async Task<SentEvents> SendAsync(ConsoleApp app, HttpClient client, string[] tenants, int count, int seed)
    {
        var random = new Random(seed);
        var book = app.Get<CurrentPrices>().Book;
        var sent = new SentEvents(book);
        foreach (var items in Enumerable.Range(0, count).Select(index => Item(random, tenants, index)).Chunk(500))
        {
            var answer = await client.SendUsageAsync(Json.Array(items));
            Assert.Equal(items.Length, answer.Accepted);
            foreach (var item in items)
            {
                var usage = NativeNormaliser.Read(JsonSerializer.SerializeToElement(item), null, ConsoleApp.Now).Event!;
                if (book.Price(usage.ToConsumption()) is { } price) (usage.Cost, usage.PriceId) = price;
                else if (usage.Status != UsageStatus.Success && usage.Tokens.Total == 0) usage.Cost = 0;
                sent._events.Add(usage);
            }
        }
        return sent;
    }

    public IReadOnlyList<UsageEvent> Where(DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<Facet, string?[]> filter) =>
        [.. _events.Where(usage => usage.OccurredAt >= from && usage.OccurredAt < to && filter.All(pair => pair.Value.Contains(Value(usage, pair.Key))))];

    public static string? Value(UsageEvent usage, Facet facet)
    {
        if (facet.Tag is { } key) return usage.Tags is null ? null : JsonNode.Parse(usage.Tags)?[key]?.GetValue<string>();
        var value = facet.Known switch
        {
            Dimension.Tenant => usage.TenantId,
            Dimension.Provider => usage.Provider,
            Dimension.Model => usage.Model,
            Dimension.User => usage.User,
            Dimension.Key => usage.Key,
            Dimension.Team => usage.Team,
            Dimension.Agent => usage.Agent,
            Dimension.Tool => usage.Tool,
            Dimension.Operation => usage.Operation,
            Dimension.Status => usage.Status.ToString().ToLowerInvariant(),
            Dimension.Prompt => usage.Prompt,
            Dimension.PromptVersion => usage.PromptVersion,
            Dimension.Source => usage.Source,
            _ => throw new ArgumentOutOfRangeException(nameof(facet)),
        };
        return value == "" ? null : value;
    }

    /// <summary>What an instant's bucket is known by: its local date or clock time, and which side of a change of clocks.</summary>
    public static (DateTime Start, TimeSpan? Offset) Bucket(DateTimeOffset at, Grain grain, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var date = local.DateTime.Date;
        return grain switch
        {
            Grain.Total => (default, null),
            Grain.QuarterHour => (date.AddHours(local.Hour).AddMinutes(local.Minute / 15 * 15), local.Offset),
            Grain.Hour => (date.AddHours(local.Hour), local.Offset),
            Grain.Day => (date, null),
            Grain.Week => (date.AddDays(-(((int)date.DayOfWeek + 6) % 7)), null),
            Grain.Month => (new DateTime(date.Year, date.Month, 1), null),
            _ => throw new ArgumentOutOfRangeException(nameof(grain)),
        };
    }

    public static void AssertMeasures(IReadOnlyList<UsageEvent> events, JsonElement answer)
    {
        Assert.Equal(events.Count, answer.GetProperty("requests").GetInt64());
        Assert.Equal(events.Count(usage => usage.Status == UsageStatus.Failure), answer.GetProperty("failures").GetInt64());
        Assert.Equal(events.Sum(usage => usage.AttemptCount), answer.GetProperty("attempts").GetInt64());
        Assert.Equal(events.Count(usage => usage.Cost is null), answer.GetProperty("unpricedRequests").GetInt64());
        var tokens = answer.GetProperty("tokens");
        foreach (var bucket in TokenCounts.Buckets) Assert.Equal(events.Sum(usage => usage.Tokens[bucket]), tokens.GetProperty(bucket.Name()).GetInt64());
        Assert.Equal(events.Sum(usage => usage.Tokens.Total), tokens.GetProperty("total").GetInt64());
        var cost = answer.GetProperty("cost").GetString();
        if (events.Count > 0 && events.All(usage => usage.Cost is null)) Assert.Null(cost);
        else Assert.Equal(events.Sum(usage => usage.Cost ?? 0), decimal.Parse(cost!, CultureInfo.InvariantCulture));
        Percentiles.AssertNear(events.Where(usage => usage.LatencyMs is not null).Select(usage => usage.LatencyMs!.Value), answer.GetProperty("latencyMs"));
    }

    /// <summary>What only events know, each by its definition.</summary>
    public void AssertEventMeasures(IReadOnlyList<UsageEvent> events, JsonElement answer)
    {
        var saved = events.Select(Saved).ToList();
        var savings = answer.GetProperty("cacheSavings").GetString();
        if (savings is null) Assert.True(events.Count > 0 && saved.TrueForAll(static one => one is null));
        // The ledger rounds each cost to 12 digits, the savings of many are not rounded at all.
        else Assert.Equal((double)saved.Sum(static one => one ?? 0), double.Parse(savings, CultureInfo.InvariantCulture), 1e-12 * (events.Count + 1) * 2);
        Percentiles.AssertNear(events.Where(usage => usage.TtftMs is not null).Select(usage => usage.TtftMs!.Value), answer.GetProperty("ttftMs"));
        var timed = events.Where(static usage => usage.LatencyMs - (usage.TtftMs ?? 0) > 0 && usage.Tokens.Output + usage.Tokens.Reasoning > 0).ToList();
        var speed = answer.GetProperty("tokensPerSecond");
        if (timed.Count == 0) Assert.Equal(JsonValueKind.Null, speed.ValueKind);
        else Assert.Equal(timed.Sum(static usage => usage.Tokens.Output + usage.Tokens.Reasoning) * 1000.0 / timed.Sum(static usage => (long)usage.LatencyMs!.Value - (usage.TtftMs ?? 0)), speed.GetDouble(), 6);
    }

    /// <summary>Its price with all that was cached read afresh, less its price. Null when tokens were cached and are not priced.</summary>
    private decimal? Saved(UsageEvent usage)
    {
        var tokens = usage.Tokens;
        var cached = tokens.CacheRead + tokens.CacheWrite5m + tokens.CacheWrite1h;
        if (cached + tokens.AudioCacheRead == 0) return 0;
        if (usage.PriceId is not { } price) return null;
        var fresh = tokens with { Input = tokens.Input + cached, CacheRead = 0, CacheWrite5m = 0, CacheWrite1h = 0, AudioInput = tokens.AudioInput + tokens.AudioCacheRead, AudioCacheRead = 0 };
        var asIs = usage.ToConsumption();
        return _book.Explain(asIs with { Tokens = fresh }, price).Total - _book.Explain(asIs, price).Total;
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", CultureInfo.InvariantCulture);

    private static JsonObject Item(Random random, string[] tenants, int index)
    {
        var status = random.Next(10) switch { 0 => "failure", 1 => "cancelled", 2 => "denied", _ => "success" };
        var bare = status != "success" && random.Next(2) == 0;
        return new JsonObject
        {
            ["id"] = $"e-{index}",
            ["tenant"] = tenants[random.Next(tenants.Length)],
            ["occurredAt"] = At(random).ToString("O"),
            ["provider"] = bare ? null : Pick(random, "anthropic", "openai", "someone"),
            ["model"] = bare ? null : Pick(random, "claude-sonnet-4-5", "gpt-5", "gpt-5-mini", "model-that-nobody-prices"),
            ["status"] = status,
            ["user"] = Maybe(random, "u", 6),
            ["key"] = Maybe(random, "k", 4),
            ["team"] = Maybe(random, "t", 3),
            ["agent"] = Maybe(random, "a", 3),
            ["tool"] = Maybe(random, "tool", 3),
            ["operation"] = Maybe(random, "op", 2),
            ["prompt"] = random.Next(2) == 0 ? null : new JsonObject { ["name"] = Maybe(random, "p", 2), ["version"] = Maybe(random, "v", 3) },
            ["usage"] = bare ? null : Usage(random),
            ["latencyMs"] = random.Next(5) == 0 ? null : (int)Math.Exp(random.NextDouble() * 13),
            ["ttftMs"] = random.Next(3) == 0 ? null : random.Next(1, 4000),
            ["batch"] = random.Next(6) == 0,
            ["tags"] = random.Next(3) == 0 ? null : new JsonObject { ["env"] = Pick(random, "prod", "dev"), ["a.b'c"] = Pick(random, "x", "y") },
            ["attempts"] = random.Next(4) == 0 ? new JsonArray(new JsonObject { ["status"] = "failure" }) : null,
        };
    }

    private static JsonObject Usage(Random random)
    {
        var usage = new JsonObject();
        foreach (var bucket in TokenCounts.Buckets)
            if (random.Next(2) == 0) usage[bucket.Name()] = random.Next(5000);
        return usage;
    }

    /// <summary>Half near a change of clocks, half anywhere in the year; some exactly on a quarter of an hour.</summary>
    private static DateTimeOffset At(Random random)
    {
        var at = random.Next(2) == 0
            ? Changes[random.Next(Changes.Length)].AddSeconds((random.NextDouble() - 0.5) * 2 * 30 * 3600)
            : Utc("2026-01-01T00:00").AddSeconds(random.NextDouble() * 323 * 86_400);
        var step = random.Next(4) == 0 ? TimeSpan.FromMinutes(15) : TimeSpan.FromMilliseconds(1);
        return new DateTimeOffset(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);
    }

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];

    private static string? Maybe(Random random, string name, int count) => random.Next(4) == 0 ? null : $"{name}-{random.Next(count)}";
}
