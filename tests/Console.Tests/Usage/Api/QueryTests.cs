using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Api;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentConsole.Tests.Usage.Api;

/// <summary>What a query string means, and which ones mean nothing.</summary>
public sealed class QueryTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("breakdown?from=yesterday", "from")]
    [InlineData("breakdown?from=12:00", "from")]
    [InlineData("breakdown?from=2026-02-30", "from")]
    [InlineData("breakdown?to=2026-11-01T25:00:00Z", "to")]
    [InlineData("breakdown?from=2026-11-02&to=2026-11-01", "from")]
    [InlineData("breakdown?from=2026-11-01&to=2026-11-01", "from")]
    [InlineData("breakdown?from=2027-01-01", "from")]
    [InlineData("breakdown?from=0001-01-01&tz=Asia/Kathmandu", "from")]
    [InlineData("breakdown?to=9999-12-31&tz=America/New_York", "to")]
    [InlineData("breakdown?from=0001-01-01T00:00:00Z", "from")]
    [InlineData("breakdown?tz=Mars/Olympus", "tz")]
    [InlineData("breakdown?tz=../../etc/passwd", "tz")]
    [InlineData("breakdown?tz=/etc/passwd", "tz")]
    [InlineData("breakdown?tz=%00", "tz")]
    [InlineData("breakdown?grain=fortnight", "grain")]
    [InlineData("breakdown?grain=Day", "grain")]
    [InlineData("breakdown?groupBy=colour", "groupBy")]
    [InlineData("breakdown?groupBy=model,Colour", "groupBy")]
    [InlineData("breakdown?status=odd", "status")]
    [InlineData("breakdown?status=", "status")]
    [InlineData("breakdown?user=a%00b", "user")]
    [InlineData("breakdown?tenant=%00", "tenant")]
    [InlineData("breakdown?grain=15m&from=2026-01-01&to=2026-11-01", "range")]
    [InlineData("breakdown?grain=hour&from=2024-01-01&to=2026-11-01", "range")]
    [InlineData("requests?sort=price", "sort")]
    [InlineData("requests?sort=-tokens", "sort")]
    [InlineData("requests?limit=0", "limit")]
    [InlineData("requests?limit=1001", "limit")]
    [InlineData("requests?limit=-1", "limit")]
    [InlineData("requests?limit=ten", "limit")]
    [InlineData("requests?limit=99999999999", "limit")]
    [InlineData("requests?model=%00", "model")]
    [InlineData("requests?from=x", "from")]
    public async Task Parameter_Bad_Is400NamingIt(string question, string named)
    {
        var path = question.StartsWith("breakdown", StringComparison.Ordinal) ? $"/api/v1/usage/{question}" : $"/api/v1/{question}";
        using var response = await shared.Client.GetAsync(path);
        Assert.Contains(named, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/usage/breakdown")]
    [InlineData("/api/v1/requests")]
    [InlineData("/api/v1/requests/acme/e")]
    public async Task Reading_WithoutTheKey_Is401(string path)
    {
        using var client = shared.App.Client(null);
        using var response = await client.GetAsync(path);
        await Json.ProblemAsync(response, 401);
    }

    [Theory]
    [InlineData("", "2026-10-21T18:00:00Z", "2026-11-20T18:00:00Z")]
    [InlineData("from=2026-11-01", "2026-10-31T18:15:00Z", "2026-11-20T18:00:00Z")]
    [InlineData("from=2026-11-01&to=2026-11-02", "2026-10-31T18:15:00Z", "2026-11-01T18:15:00Z")]
    [InlineData("to=2026-11-02T00:00:00Z", "2026-10-03T00:00:00Z", "2026-11-02T00:00:00Z")]
    [InlineData("from=2026-11-02T05:45:00%2B05:45&to=2026-11-02T05:45:01+05:45", "2026-11-02T00:00:00Z", "2026-11-02T00:00:01Z")]
    [InlineData("from=2026-11-02%2000:00:00&to=2026-11-02T01:00", "2026-11-02T00:00:00Z", "2026-11-02T01:00:00Z")]
    public void Range_ReadsTimesAndLocalDates(string query, string from, string to)
    {
        var range = Reader(query).Range(TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"));
        Assert.True(range.Ok, range.Error?.Message);
        Assert.Equal((At(from), At(to)), (range.Value.From.ToUniversalTime(), range.Value.To.ToUniversalTime()));
    }

    [Fact]
    public void Filter_OfACallerWithATenant_IsThatTenantWhateverIsAsked()
    {
        Assert.Equal(["acme"], Reader("user=u", Reach.Of("acme")).Filter().Value![Dimension.Tenant]);
        Assert.Equal(["acme"], Reader("tenant=acme", Reach.Of("acme")).Filter().Value![Dimension.Tenant]);
        foreach (var foreign in new[] { "tenant=globex", "tenant=acme&tenant=globex", "tenant=", "tenant=ACME" })
            Assert.IsType<ForeignTenant>(Reader(foreign, Reach.Of("acme")).Filter().Error);
    }

    [Fact]
    public void Filter_OfACallerWithSeveralTenants_IsThoseOrSomeOfThem()
    {
        var reach = Reach.Of("globex", "acme");
        Assert.Equal(["acme", "globex"], Reader("user=u", reach).Filter().Value![Dimension.Tenant]);
        Assert.Equal(["globex"], Reader("tenant=globex", reach).Filter().Value![Dimension.Tenant]);
        Assert.IsType<ForeignTenant>(Reader("tenant=globex&tenant=initech", reach).Filter().Error);
        Assert.IsType<ForeignTenant>(Reader("tenant=acme", Reach.None).Filter().Error);
    }

    [Fact]
    public void Filter_RepeatedAndEmptyValues_AreAlternativesAndNone() =>
        Assert.Equal(["a", null, "b,c"], Reader("user=a&user=&user=b,c").Filter().Value![Dimension.User]);

    [Fact]
    public async Task Zone_NotNamed_IsTheOneTenants()
    {
        await shared.App.Get<CreateTenant>().ExecuteAsync("nepal", "Nepal", "Asia/Kathmandu", Caller.System, CancellationToken.None);
        Assert.Equal("Asia/Kathmandu", await ZoneAsync("tenant=nepal"));
        Assert.Equal("Europe/Paris", await ZoneAsync("tenant=nepal&tz=Europe/Paris"));
        Assert.Equal("UTC", await ZoneAsync("tenant=nepal&tenant=other"));
        Assert.Equal("UTC", await ZoneAsync(""));
        var answer = await shared.Client.GetJsonAsync("/api/v1/usage/breakdown?tenant=nepal&from=2026-11-01&to=2026-11-02");
        Assert.Equal("2026-11-01T00:00:00+05:45", answer.GetProperty("from").GetString());
    }

    private async Task<string> ZoneAsync(string query)
    {
        var reader = Reader(query);
        return (await reader.ZoneAsync(reader.Filter().Value!, CancellationToken.None)).Value!.Id;
    }

    private QueryReader Reader(string query, Reach? reach = null) => new(new QueryCollection(QueryHelpers.ParseQuery(query)), reach ?? Reach.Platform, shared.App.Get<TenantQueries>(), shared.App.Time);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
