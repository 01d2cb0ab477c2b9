using System.Globalization;
using System.Net;
using AgentConsole.Access;
using AgentConsole.Anomalies;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Anomalies;

/// <summary>Cases over HTTP, and what people do with them.</summary>
public sealed class CaseApiTests(AnomalyApp shared) : IClassFixture<AnomalyApp>
{
    [Fact]
    public async Task Case_ReadNotedAndClosed_OverHttp()
    {
        var one = await shared.CaseAsync();
        var list = await shared.Client.GetJsonAsync($"/api/v1/cases?tenant={one.Tenant}&limit=1");
        Assert.Equal((one.Id, "user", "u-1", "120", "open"), list.GetProperty("items")[0] is var item ? (item.GetProperty("id").GetGuid(), item.GetProperty("of").GetString(), item.GetProperty("subject").GetString(), item.GetProperty("cost").GetString(), item.GetProperty("state").GetString()) : default);
        Assert.Equal(1, list.GetProperty("limit").GetInt32());

        var path = $"/api/v1/cases/{one.Tenant}/{one.Id}";
        var detail = await shared.Client.GetJsonAsync(path);
        Assert.Equal(120m, detail.GetProperty("parts").EnumerateArray().Sum(static part => decimal.Parse(part.GetProperty("usd").GetString()!, CultureInfo.InvariantCulture)));
        Assert.Equal(["model"], detail.GetProperty("by").EnumerateArray().Select(static by => by.GetProperty("by").GetString()));
        Assert.StartsWith("User u-1 cost $120.00", detail.GetProperty("sentence").GetString(), StringComparison.Ordinal);

        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        using (var noted = await shared.Client.PostAsync($"{path}/notes", Json.Body("""{"text":"Asked the team."}"""))) Assert.Equal(HttpStatusCode.Created, noted.StatusCode);
        using (var empty = await shared.Client.PostAsync($"{path}/notes", Json.Body("""{"text":" "}"""))) await Json.ProblemAsync(empty, 400);
        using (var odd = await shared.Client.PostAsync($"{path}/close", Json.Body("""{"verdict":"maybe"}"""))) await Json.ProblemAsync(odd, 400);
        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        using (var closed = await shared.Client.PostAsync($"{path}/close", Json.Body("""{"verdict":"confirmed","reason":"A loop."}"""))) Assert.Equal("confirmed", (await Json.ReadAsync(closed)).GetProperty("verdict").GetString());
        using (var again = await shared.Client.PostAsync($"{path}/close", Json.Body("""{"verdict":"confirmed"}"""))) await Json.ProblemAsync(again, 409);
        Assert.Equal(["opened", "note", "closed"], (await shared.Client.GetJsonAsync(path)).GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("kind").GetString()));
        Assert.Empty((await shared.Client.GetJsonAsync($"/api/v1/cases?tenant={one.Tenant}")).GetProperty("items").EnumerateArray());
        Assert.Single((await shared.Client.GetJsonAsync($"/api/v1/cases?tenant={one.Tenant}&state=closed")).GetProperty("items").EnumerateArray());
        using var missing = await shared.Client.GetAsync($"/api/v1/cases/{one.Tenant}/{Guid.NewGuid()}");
        await Json.ProblemAsync(missing, 404);
    }

    [Fact]
    public async Task Case_TakenNotedClosedAndReopened_IsInTheTimelineAndTheAudit_AndCallsNoMore()
    {
        var one = await shared.CaseAsync();
        var admin = Caller.Member("member:ada", [(Role.TenantAdmin, one.Tenant)]);
        Assert.Single(await shared.AlertsAsync(one.Tenant));

        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal((CaseState.Investigating, "member:ada"), await Ok(shared.App.Get<TakeCase>().ExecuteAsync(one.Tenant, one.Id, admin, CancellationToken.None)) is var taken ? (taken.State, taken.Assignee) : default);
        Assert.Empty(await shared.AlertsAsync(one.Tenant));
        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        await Ok(shared.App.Get<NoteCase>().ExecuteAsync(one.Tenant, one.Id, "Looked into it.", admin, CancellationToken.None));
        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        await Ok(shared.App.Get<CloseCase>().ExecuteAsync(one.Tenant, one.Id, CaseVerdict.Expected, "", admin, CancellationToken.None));
        Assert.IsType<CaseIsClosed>((await shared.App.Get<TakeCase>().ExecuteAsync(one.Tenant, one.Id, admin, CancellationToken.None)).Error);
        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal((CaseState.Investigating, null), await Ok(shared.App.Get<ReopenCase>().ExecuteAsync(one.Tenant, one.Id, admin, CancellationToken.None)) is var open ? (open.State, open.Verdict) : default);

        Assert.Equal("cases.close cases.note cases.reopen cases.take", await shared.App.ScalarAsync<string>($"SELECT string_agg(action, ' ' ORDER BY action) FROM audit_entries WHERE tenant_id = '{one.Tenant}' AND subject = '{one.Id}'"));
        var found = await shared.App.Get<CaseQueries>().FindAsync(Reach.Of(one.Tenant), one.Tenant, one.Id, CancellationToken.None);
        Assert.Equal([CaseEntryKind.Opened, CaseEntryKind.Taken, CaseEntryKind.Note, CaseEntryKind.Closed, CaseEntryKind.Reopened], found!.Value.Entries.Select(static entry => entry.Kind));
    }

    [Fact]
    public async Task Deed_OfWhoeverOnlyLooks_IsRefused()
    {
        var one = await shared.CaseAsync();
        var viewing = Caller.Member("member:sue", [(Role.Support, null)]).ViewingAs(one.Tenant);
        foreach (var caller in new[] { Caller.Member("member:vic", [(Role.TenantViewer, one.Tenant)]), viewing, Caller.Nobody })
            Assert.IsType<NotAllowed>((await shared.App.Get<NoteCase>().ExecuteAsync(one.Tenant, one.Id, "No.", caller, CancellationToken.None)).Error);
        Assert.True((await shared.App.Get<NoteCase>().ExecuteAsync(one.Tenant, one.Id, "Yes.", Caller.Member("member:sue", [(Role.Support, null)]), CancellationToken.None)).Ok);
    }

    [Fact]
    public async Task Evidence_OfTheRequests_IsByToolAgentKeyAndSession_AndSumsToTheCase()
    {
        var one = await shared.CaseAsync();
        var read = await shared.App.Get<CaseEvidence>().ReadAsync(Reach.Of(one.Tenant), one, CancellationToken.None);
        Assert.Equal(120, read.Value!.Requests);
        Assert.Equal(["tool", "agent", "key", "session"], read.Value.By.Select(static by => by.By));
        Assert.Equal(["lookup", "executor", "k-1", "s-loop"], read.Value.By.Select(static by => by.Leading[0].Name));
        Assert.All(read.Value.By, by => Assert.Equal(one.Cost, by.Leading.Sum(static part => part.Cost) + (by.Others?.Cost ?? 0)));
    }

    private static async Task<CaseRow> Ok(Task<Result<CaseRow>> deed) => (await deed) is { Ok: true, Value: { } value } ? value : throw new InvalidOperationException((await deed).Error!.Message);
}
