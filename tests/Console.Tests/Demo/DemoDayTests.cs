using System.Buffers;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Demo.Traffic;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Demo;

/// <summary>The demo's days are repeatable, shaped like life, and hold the incidents they promise.</summary>
public sealed class DemoDayTests
{
    private const int Seed = 20;
    private static readonly DateOnly Anchor = DateOnly.FromDateTime(ConsoleApp.Now.UtcDateTime);
    private static readonly DemoStories Stories = new(Seed, Anchor);
    private static readonly Lazy<IReadOnlyList<DemoEvent>> Month = new(static () =>
        [.. Enumerable.Range(0, 31).SelectMany(static back => DemoTenants.All.SelectMany(tenant => Day(tenant, Anchor.AddDays(-back))))]);

    private static IReadOnlyList<DemoEvent> Day(DemoTenant tenant, DateOnly day, int seed = Seed) => DemoDay.Requests(tenant, day, new DemoStories(seed, Anchor), seed);

    private static IEnumerable<DemoEvent> Of(DemoTenant tenant) => Month.Value.Where(item => item.Tenant == tenant.Id);

    private static byte[] Json(IEnumerable<DemoEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>();
        DemoJson.WriteArray(buffer, events);
        return buffer.WrittenSpan.ToArray();
    }

    [Fact]
    public void Requests_SameSeedAndDay_AreTheSameBytes()
    {
        foreach (var tenant in DemoTenants.All)
            Assert.Equal(Json(Day(tenant, Anchor.AddDays(-3))), Json(Day(tenant, Anchor.AddDays(-3))));
    }

    [Fact]
    public void Requests_OtherSeed_AreOthers() =>
        Assert.NotEqual(Json(Day(DemoTenants.Chatter, Anchor, 1)), Json(Day(DemoTenants.Chatter, Anchor, 2)));

    [Fact]
    public void Requests_OfAMonth_HaveUniqueIdsAndAreInOrder()
    {
        Assert.Equal(Month.Value.Count, Month.Value.Select(static item => (item.Tenant, item.Id)).Distinct().Count());
        var day = Day(DemoTenants.Northwind, Anchor.AddDays(-2));
        Assert.Equal(day.OrderBy(static item => item.OccurredAt).Select(static item => item.Id), day.Select(static item => item.Id));
    }

    [Fact]
    public void Requests_OfAMonth_AreAsManyAsPromised() => Assert.InRange(Month.Value.Count, 150_000, 300_000);

    [Fact]
    public void Requests_OfADay_AreAcceptedAsNativeEvents()
    {
        foreach (var tenant in DemoTenants.All)
        {
            Assert.True(Tenant.IsValidId(tenant.Id));
            var day = Day(tenant, Anchor.AddDays(-1));
            using var json = JsonDocument.Parse(Json(day));
            Assert.All(json.RootElement.EnumerateArray().Zip(day), pair =>
            {
                var read = NativeNormaliser.Read(pair.First, null, ConsoleApp.Now);
                Assert.Null(read.Error);
                Assert.Equal(pair.Second.Tokens, read.Event!.Tokens);
                Assert.Equal((pair.Second.Id, tenant.Id, pair.Second.OccurredAt), (read.Event.Id, read.Event.TenantId, read.Event.OccurredAt));
            });
        }
    }

    [Fact]
    public void Requests_PricedByTheSeed_CostWhatTheListSays()
    {
        foreach (var item in Month.Value.Where(static item => item is { Batch: false, Tokens.Total: > 0 and < 200_000 }).DistinctBy(static item => (item.Model, item.Tokens.CacheWrite5m > 0)))
        {
            var priced = PriceBook.Seed.Price(new Consumption(item.Tenant, item.Model.Provider, item.Model.Name, item.OccurredAt, item.Tokens));
            if (item.Model == DemoModel.Unpriced) Assert.Null(priced);
            else Assert.Equal(DemoPrices.Cost(item), priced!.Value.Cost);
        }
    }

    [Fact]
    public void Requests_OfEveryKind_HaveAPriceUnlessTheirModelHasNone()
    {
        var unpriced = Month.Value.Where(static item => item is { Model: var model, Tokens.Total: > 0 } && model != DemoModel.Unpriced)
            .Where(static item => PriceBook.Seed.Price(new Consumption(item.Tenant, item.Model.Provider, item.Model.Name, item.OccurredAt, item.Tokens, Batch: item.Batch)) is null);
        Assert.Empty(unpriced.Select(static item => (item.Model.Name, item.Operation, item.Batch, item.Tokens)).Take(3));
        Assert.All(Month.Value.Where(static item => item.Model == DemoModel.Embedding), static item => Assert.Equal(("embeddings", 0), (item.Operation, item.Tokens.OutputTotal)));
    }

    [Fact]
    public void LoopingAgent_MakesHundredsOfIdenticalCallsForAbout547Dollars()
    {
        var loop = Of(DemoTenants.Northwind).GroupBy(static item => item.CallHash).Where(static group => group.Key is not null).MaxBy(static group => group.Count())!.ToList();
        Assert.True(loop.Count >= 400);
        Assert.True(loop.Max(static item => item.OccurredAt) - loop.Min(static item => item.OccurredAt) <= TimeSpan.FromMinutes(15));
        Assert.Single(loop.Select(static item => (item.User, item.Tool, item.Session)).Distinct());
        Assert.InRange(loop.Sum(DemoPrices.Cost), 540, 555);
    }

    [Fact]
    public void PageByPageReader_MakesItsDayFourTimesAsDear()
    {
        var zone = DemoTenants.Northwind.Zone;
        var days = Of(DemoTenants.Northwind).GroupBy(item => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(item.OccurredAt, zone).DateTime))
            .ToDictionary(static day => day.Key, static day => day.Sum(DemoPrices.Cost));
        var ordinary = days.Where(static day => day.Key.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(static day => day.Value).Order().ToList();
        Assert.InRange(ordinary[ordinary.Count / 2], 650, 950);
        Assert.InRange(days[Stories.ReaderDay], 2_900, 3_600);
    }

    [Fact]
    public void Outage_SendsTheProvidersRequestsToOthers()
    {
        var (from, to) = Stories.Outage;
        var during = Of(DemoTenants.Northwind).Where(item => item.OccurredAt >= from && item.OccurredAt < to && (item.Requested ?? item.Model).Provider == "anthropic").ToList();
        Assert.Equal(TimeSpan.FromMinutes(45), to - from);
        Assert.True(during.Count > 50);
        Assert.True(during.Count(static item => item.Attempts.Count > 0 && item.Model.Provider != "anthropic") > during.Count * 0.75);
        Assert.Contains(during, static item => item.Attempts.Count == 2 && item.Model.Provider == "google");
        Assert.InRange(during.Count(static item => item.Status == UsageStatus.Failure), during.Count * 0.05, during.Count * 0.2);
    }

    [Fact]
    public void CacheHitRate_FallsTo23PercentAndComesBackTo82()
    {
        double Rate(string version)
        {
            var calls = Of(DemoTenants.Northwind).Where(item => item.Prompt == DemoTenants.TriagePrompt && item.PromptVersion == version && item.Model.Cache == PromptCache.ReadAndWrite && item.Requested is null).ToList();
            return (double)calls.Sum(static item => item.Tokens.CacheRead) / calls.Sum(static item => item.Tokens.InputTotal);
        }

        Assert.InRange(Rate("11"), 0.78, 0.86);
        Assert.InRange(Rate("12"), 0.18, 0.28);
        Assert.InRange(Rate("13"), 0.78, 0.86);
    }

    [Fact]
    public void Requests_FollowTheTenantsOwnClock()
    {
        int At(DemoTenant tenant, int fromHour, int toHour) => Of(tenant).Count(item =>
            TimeZoneInfo.ConvertTime(item.OccurredAt, tenant.Zone) is { DayOfWeek: not (DayOfWeek.Saturday or DayOfWeek.Sunday) } local && local.Hour >= fromHour && local.Hour < toHour);

        Assert.True(At(DemoTenants.Northwind, 9, 17) > 8 * At(DemoTenants.Northwind, 0, 6));
        Assert.True(At(DemoTenants.Chatter, 18, 23) > 4 * At(DemoTenants.Chatter, 1, 6));
        Assert.True(At(DemoTenants.Ledgerly, 1, 4) > 3 * At(DemoTenants.Ledgerly, 19, 22));
    }

    [Fact]
    public void Users_AreUnequal()
    {
        var users = Of(DemoTenants.Chatter).GroupBy(static item => item.User).Select(static user => user.Count()).OrderDescending().ToList();
        Assert.True(users.Count > 500);
        Assert.True(users.Take(users.Count / 10).Sum() > users.Sum() * 0.3);
    }
}
