using System.Globalization;
using System.Text.Json;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage.Api;

/// <summary>Property: whatever is asked, the answer is what a look at every event sent would give, and its rows sum to its total.</summary>
public sealed class BreakdownTests(BreakdownTests.Sent sent) : IClassFixture<BreakdownTests.Sent>
{
    private static readonly string[] Zones =
        ["UTC", "Pacific/Auckland", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Beirut"];

    private static readonly Facet[] Facets = [.. Dimensions.All.Select(static dimension => (Facet)dimension), Facet.OfTag("env"), Facet.OfTag("a.b'c")];

    /// <summary>One app and 1,500 events for all questions.</summary>
    public sealed class Sent : IAsyncLifetime
    {
        private readonly SharedApp _shared = new();

        internal SentEvents Events { get; private set; } = null!;

        internal HttpClient Client => _shared.Client;

        internal ConsoleApp App => _shared.App;

        public async Task InitializeAsync()
        {
            await _shared.InitializeAsync();
            Events = await SentEvents.SendAsync(_shared.App, _shared.Client, ["acme", "globex", "initech"], 1500, seed: 17);
        }

        public Task DisposeAsync() => _shared.DisposeAsync();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Answer_ToRandomQuestions_EqualsALookAtEveryEvent(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 8; round++) await AskAsync(random, Zones[random.Next(Zones.Length)], Grains.Parse(Pick(random, "total", "15m", "hour", "day", "week", "month"))!.Value);
    }

    [Theory]
    [InlineData("Pacific/Auckland")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/New_York")]
    [InlineData("America/Havana")]
    [InlineData("Africa/Cairo")]
    [InlineData("Asia/Kathmandu")]
    public async Task Cuts_OfOneRange_AllSumToTheSameTotal(string zone)
    {
        var range = $"tz={zone}&from=2026-03-01&to=2026-11-20";
        var expected = await TotalAsync($"{range}&grain=total");
        foreach (var cut in new[] { "groupBy=model", "groupBy=user", "groupBy=key", "groupBy=status", "groupBy=user,key", "groupBy=team", "groupBy=source,tool", "groupBy=tag.env", "groupBy=tag.env,model&grain=day", "groupBy=tag.nowhere", "grain=hour", "grain=day", "grain=week&groupBy=provider", "grain=month&groupBy=tenant" })
            Assert.Equal(expected, await TotalAsync($"{range}&{cut}"));
    }

    [Fact]
    public async Task Answer_EchoesTheQuestionInItsZone()
    {
        var answer = await sent.Client.GetJsonAsync("/api/v1/usage/breakdown?from=2026-11-01&to=2026-11-02&tz=Asia/Kathmandu&grain=day&groupBy=model");
        Assert.Equal(("2026-11-01T00:00:00+05:45", "2026-11-02T00:00:00+05:45", "Asia/Kathmandu", "day"),
            (answer.GetProperty("from").GetString(), answer.GetProperty("to").GetString(), answer.GetProperty("tz").GetString(), answer.GetProperty("grain").GetString()));
        var freshness = answer.GetProperty("freshness");
        Assert.Equal(ConsoleApp.Now, freshness.GetProperty("completeTo").GetDateTimeOffset());
        Assert.Equal(0, freshness.GetProperty("rejected").GetInt64());
        Assert.Equal(answer.GetProperty("total").GetProperty("unpricedRequests").GetInt64(), freshness.GetProperty("unpriced").GetInt64());
        Assert.All(answer.GetProperty("rows").EnumerateArray(), row => Assert.Equal("2026-11-01T00:00:00+05:45", row.GetProperty("bucket").GetString()));
    }

    [Theory]
    [InlineData("America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00")]
    [InlineData("Pacific/Auckland", "2026-09-27T00:00:00+12:00", "2026-09-28T00:00:00+13:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00")]
    [InlineData("Africa/Cairo", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00")]
    public async Task Days_AroundAChangeOfClocks_StartWithTheOffsetThen(string zone, string first, string second)
    {
        var day = DateOnly.Parse(first[..10], CultureInfo.InvariantCulture);
        var answer = await sent.Client.GetJsonAsync($"/api/v1/usage/breakdown?from={day:yyyy-MM-dd}&to={day.AddDays(2):yyyy-MM-dd}&tz={zone}&grain=day");
        Assert.Equal([first, second], answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("bucket").GetString()));
    }

    [Fact]
    public async Task Zone_NotNamed_IsThatOfTheOneTenantAskedAbout()
    {
        await sent.Client.GetJsonAsync("/api/v1/usage/breakdown?tenant=acme");
        Assert.Equal("UTC", (await sent.Client.GetJsonAsync("/api/v1/usage/breakdown?tenant=nobody")).GetProperty("tz").GetString());
    }

    [Fact]
    public async Task Tenant_NamedTwice_IsCountedOnce()
    {
        const string Range = "from=2026-01-01&to=2026-11-20";
        Assert.Equal(await TotalAsync($"{Range}&tenant=acme"), await TotalAsync($"{Range}&tenant=acme&tenant=acme"));
        var requests = await sent.Client.GetJsonAsync($"/api/v1/requests?{Range}&tenant=acme&tenant=acme&limit=1000");
        var ids = requests.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task Nothing_InTheRange_IsZeroAndNotUnknown()
    {
        var answer = await sent.Client.GetJsonAsync("/api/v1/usage/breakdown?from=2025-01-01&to=2025-02-01&groupBy=model&grain=day");
        Assert.Empty(answer.GetProperty("rows").EnumerateArray());
        Assert.Equal("0", answer.GetProperty("total").GetProperty("cost").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("total").GetProperty("latencyMs").ValueKind);
    }

    [Theory]
    [InlineData("groupBy=tag.", "tag.")]
    [InlineData("groupBy=weather", "weather")]
    [InlineData("measures=happiness", "happiness")]
    [InlineData("tag.=x", "tag.")]
    public async Task Question_ThatNamesWhatIsNot_Is400NamingIt(string question, string named)
    {
        using var response = await sent.Client.GetAsync($"/api/v1/usage/breakdown?{question}");
        Assert.Contains($"\"{named}\"", await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grain=hour&tz=Australia/Lord_Howe&from=2026-03-20T00:17:00Z&hours=10000")]
    [InlineData("grain=15m&tz=Pacific/Auckland&from=2026-04-01T00:07:00Z&hours=2500")]
    [InlineData("grain=day&tz=Africa/Cairo&from=2000-01-01T13:00:00Z&hours=240000")]
    public async Task Range_OfAsManyBucketsAsAreAnswered_IsAnswered(string question)
    {
        var from = DateTimeOffset.Parse(question.Split("from=")[1].Split('&')[0], CultureInfo.InvariantCulture);
        var to = from.AddHours(int.Parse(question.Split("hours=")[1], CultureInfo.InvariantCulture));
        await TotalAsync($"{question}&to={Uri.EscapeDataString(to.ToString("O"))}");
    }

    private async Task AskAsync(Random random, string zoneName, Grain grain)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var (from, to, range) = Range(random, grain, zone);
        var groupBy = Enumerable.Range(0, random.Next(3)).Select(_ => Facets[random.Next(Facets.Length)]).Distinct().ToList();
        var fromEvents = random.Next(3) == 0;
        var filter = Filter(random);
        var question = $"{range}&tz={zoneName}&grain={grain.Name()}&groupBy={string.Join(',', groupBy.Select(facet => Uri.EscapeDataString(facet.Name)))}"
            + string.Concat(filter.SelectMany(pair => pair.Value.Select(value => $"&{Uri.EscapeDataString(pair.Key.Name)}={Uri.EscapeDataString(value ?? "")}")))
            + (fromEvents ? "&measures=cacheSavings,ttftMs,tokensPerSecond" : "");

        var events = sent.Events.Where(from, to, filter);
        var expected = events.GroupBy(usage => (SentEvents.Bucket(usage.OccurredAt, grain, zone), string.Join('|', groupBy.Select(facet => SentEvents.Value(usage, facet) ?? "∅"))))
            .ToDictionary(group => group.Key, group => group.ToList());
        var answer = await sent.Client.GetJsonAsync($"/api/v1/usage/breakdown?{question}");
        var rows = answer.GetProperty("rows").EnumerateArray().ToList();
        Assert.True(expected.Count == rows.Count, $"{rows.Count} rows instead of {expected.Count}: {question}");
        foreach (var row in rows)
        {
            var group = string.Join('|', groupBy.Select(facet => row.GetProperty("group").GetProperty(facet.Name).GetString() ?? "∅"));
            SentEvents.AssertMeasures(expected[(Bucket(row, grain, zone), group)], row);
            if (fromEvents) sent.Events.AssertEventMeasures(expected[(Bucket(row, grain, zone), group)], row);
        }
        SentEvents.AssertMeasures(events, answer.GetProperty("total"));
        if (fromEvents) sent.Events.AssertEventMeasures(events, answer.GetProperty("total"));
    }

    /// <summary>The label is the bucket's very first instant, said with the offset of then.</summary>
    private static (DateTime, TimeSpan?) Bucket(JsonElement row, Grain grain, TimeZoneInfo zone)
    {
        if (grain == Grain.Total)
        {
            Assert.Equal(JsonValueKind.Null, row.GetProperty("bucket").ValueKind);
            return default;
        }
        var label = row.GetProperty("bucket").GetDateTimeOffset();
        Assert.Equal(zone.GetUtcOffset(label), label.Offset);
        var bucket = SentEvents.Bucket(label, grain, zone);
        Assert.NotEqual(bucket, SentEvents.Bucket(label.AddTicks(-1), grain, zone));
        return bucket;
    }

    private static (DateTimeOffset From, DateTimeOffset To, string Question) Range(Random random, Grain grain, TimeZoneInfo zone)
    {
        var start = new DateTime(2026, 1, 1).AddDays(random.Next(300));
        var days = grain == Grain.QuarterHour ? random.Next(1, 20) : random.Next(1, 200);
        if (random.Next(2) == 0)
        {
            var (first, last) = (FirstInstant(start, zone), FirstInstant(start.AddDays(days), zone));
            return (first, last, $"from={start:yyyy-MM-dd}&to={start.AddDays(days):yyyy-MM-dd}");
        }
        var from = new DateTimeOffset(start, TimeSpan.Zero).AddMilliseconds(random.Next(86_400_000));
        var to = from.AddMilliseconds(random.NextDouble() * days * 86_400_000).AddMilliseconds(1);
        to = new DateTimeOffset(to.UtcTicks - (to.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return (from, to, $"from={Uri.EscapeDataString(from.ToOffset(TimeSpan.FromHours(3)).ToString("O"))}&to={to:yyyy-MM-ddTHH:mm:ss.fff}Z");
    }

    /// <summary>By search: the first instant whose local date is that date.</summary>
    private static DateTimeOffset FirstInstant(DateTime date, TimeZoneInfo zone)
    {
        var at = new DateTimeOffset(date, TimeSpan.Zero).AddHours(-15);
        while (TimeZoneInfo.ConvertTime(at, zone).DateTime < date) at = at.AddMinutes(15);
        return at;
    }

    private static Dictionary<Facet, string?[]> Filter(Random random)
    {
        var filter = new Dictionary<Facet, string?[]>();
        if (random.Next(3) == 0) filter[Dimension.Tenant] = ["acme"];
        if (random.Next(3) == 0) filter[Dimension.User] = random.Next(2) == 0 ? ["u-1", null] : ["u-0", "u-4"];
        if (random.Next(4) == 0) filter[Dimension.Model] = ["gpt-5", "claude-sonnet-4-5", "unknown"];
        if (random.Next(5) == 0) filter[Dimension.Status] = ["success", "failure"];
        if (random.Next(5) == 0) filter[Dimension.Team] = [null];
        if (random.Next(5) == 0) filter[Dimension.Key] = ["k-1"];
        if (random.Next(5) == 0) filter[Facet.OfTag("env")] = random.Next(2) == 0 ? ["prod"] : ["dev", null];
        return filter;
    }

    private async Task<string> TotalAsync(string question)
    {
        var answer = await sent.Client.GetJsonAsync($"/api/v1/usage/breakdown?{question}");
        var rows = answer.GetProperty("rows").EnumerateArray().ToList();
        var total = answer.GetProperty("total");
        Assert.Equal(total.GetProperty("requests").GetInt64(), rows.Sum(row => row.GetProperty("requests").GetInt64()));
        Assert.Equal(total.GetProperty("tokens").GetProperty("total").GetInt64(), rows.Sum(row => row.GetProperty("tokens").GetProperty("total").GetInt64()));
        Assert.Equal(Cost(total), rows.Sum(Cost));
        return total.GetRawText();
    }

    private static decimal Cost(JsonElement measures) => decimal.Parse(measures.GetProperty("cost").GetString() ?? "0", CultureInfo.InvariantCulture);

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];
}
