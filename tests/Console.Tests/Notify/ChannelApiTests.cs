using System.Net;
using System.Text.Json;
using AgentConsole.Notify;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Notify;

/// <summary>Channels and deliveries over HTTP.</summary>
public sealed class ChannelApiTests(NotifyApp shared) : IClassFixture<NotifyApp>
{
    private const string Target = "http://127.0.0.1:9/a-secret-path?token=a-secret-token";

    [Fact]
    public async Task Create_GivesASecretOnce_AndNeitherItNorTheAddressIsAnywhereElse()
    {
        var tenant = await shared.TenantAsync();
        var made = await shared.ChannelAsync(tenant, Target);
        var secret = made.GetProperty("secret").GetString()!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(("webhook", "http://127.0.0.1:9/…", "on call"), (made.GetProperty("kind").GetString(), made.GetProperty("target").GetString(), made.GetProperty("name").GetString()));

        var list = (await shared.Client.GetJsonAsync($"/api/v1/channels?tenant={tenant}")).ToString();
        Assert.Contains(made.GetProperty("id").GetString()!, list, StringComparison.Ordinal);
        foreach (var hidden in new[] { secret[6..], "a-secret-path", "a-secret-token" })
        {
            Assert.DoesNotContain(hidden, list, StringComparison.Ordinal);
            foreach (var table in new[] { "channels", "deliveries", "audit_entries" }) Assert.Equal(0, await shared.App.CountAsync($"{table} AS t WHERE t::text LIKE '%{hidden}%'"));
        }
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{tenant}' AND action = 'channels.create'"));
    }

    [Theory]
    [InlineData("webhook", "http://10.0.0.1/hook", "public internet")]
    [InlineData("webhook", "http://169.254.169.254/latest/meta-data/", "public internet")]
    [InlineData("slack", "http://[::1]/", "public internet")]
    [InlineData("slack", "ftp://127.0.0.1/", "http")]
    [InlineData("webhook", "http://user:password@127.0.0.1/", "name or password")]
    [InlineData("webhook", "hook", "not an address")]
    [InlineData("webhook", "", "target")]
    [InlineData("email", "ada", "no e-mail address")]
    [InlineData("email", "ada@example.test\r\nBcc: eve@example.test", "one line")]
    [InlineData("pager", "http://127.0.0.1/", "kind is one of")]
    public async Task Create_ThatIsWrong_IsRefusedWithTheReason(string kind, string target, string reason)
    {
        var tenant = await shared.TenantAsync();
        using var response = await shared.Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant, name = "a", kind, target })));
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OfANameThatIsThere_OrForATenantThatIsNot_IsRefused()
    {
        var tenant = await shared.TenantAsync();
        await shared.ChannelAsync(tenant, Target);
        using var again = await shared.Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant, name = "on call", kind = "webhook", target = Target })));
        await Json.ProblemAsync(again, 400);
        using var nowhere = await shared.Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant = "nowhere", name = "a", kind = "webhook", target = Target })));
        await Json.ProblemAsync(nowhere, 404);
    }

    [Fact]
    public async Task Change_LeadsElsewhere_WhatWaitsToo_AndTheSecretStays()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var made = await shared.ChannelAsync(tenant, Target);
        var id = made.GetProperty("id").GetString();
        using (var asked = await shared.Client.PostAsync($"/api/v1/channels/{id}/test", null)) Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        using var changed = await shared.Client.PutAsync($"/api/v1/channels/{id}", Json.Body(JsonSerializer.Serialize(new { name = "at night", target = receiver.Address })));
        var row = JsonSerializer.Deserialize<JsonElement>(await changed.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.OK, "at night", false), (changed.StatusCode, row.GetProperty("name").GetString(), row.GetProperty("secret").ValueKind != JsonValueKind.Null));
        await shared.SendAsync();
        Assert.Contains("on call", Assert.Single(receiver.Calls).Body, StringComparison.Ordinal);
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{tenant}' AND action = 'channels.change'"));

        // The name alone: where it leads stays.
        using var renamed = await shared.Client.PutAsync($"/api/v1/channels/{id}", Json.Body("""{"name":"by day"}"""));
        Assert.Equal(row.GetProperty("target").GetString(), JsonSerializer.Deserialize<JsonElement>(await renamed.Content.ReadAsStringAsync()).GetProperty("target").GetString());
    }

    [Fact]
    public async Task Change_ThatIsWrong_ChangesNothing()
    {
        var tenant = await shared.TenantAsync();
        var id = (await shared.ChannelAsync(tenant, Target)).GetProperty("id").GetString();
        await shared.ChannelAsync(tenant, Target, name: "another");
        foreach (var (body, status, reason) in new[]
        {
            ("""{"name":"another"}""", 400, "already"), ("""{"name":""}""", 400, "name"), ("""{"target":"https://8.8.8.8/"}""", 400, "name"),
            ("""{"name":"a","target":"http://169.254.169.254/"}""", 400, "public internet"), ("""{"name":"a","target":"hook"}""", 400, "not an address"),
        })
        {
            using var refused = await shared.Client.PutAsync($"/api/v1/channels/{id}", Json.Body(body));
            Assert.Contains(reason, await Json.ProblemAsync(refused, status), StringComparison.Ordinal);
        }
        using var nowhere = await shared.Client.PutAsync($"/api/v1/channels/{Guid.NewGuid()}", Json.Body("""{"name":"a"}"""));
        await Json.ProblemAsync(nowhere, 404);
        Assert.Equal(1, await shared.App.CountAsync($"channels WHERE tenant_id = '{tenant}' AND name = 'on call'"));
    }

    [Fact]
    public async Task Rotate_OfWhatIsNotSigned_OrWithTooLongAGrace_IsRefused()
    {
        var tenant = await shared.TenantAsync();
        var slack = (await shared.ChannelAsync(tenant, Target, "slack")).GetProperty("id").GetString();
        using var refused = await shared.Client.PostAsync($"/api/v1/channels/{slack}/rotate", null);
        await Json.ProblemAsync(refused, 409);
        var hook = (await shared.ChannelAsync(tenant, Target, name: "hook")).GetProperty("id").GetString();
        using var long_ = await shared.Client.PostAsync($"/api/v1/channels/{hook}/rotate", Json.Body("""{"graceMinutes":10081}"""));
        await Json.ProblemAsync(long_, 400);
    }

    [Fact]
    public async Task Test_Asked_IsADeliveryLikeEveryOther()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetString();
        using var asked = await shared.Client.PostAsync($"/api/v1/channels/{channel}/test", null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var id = (await Json.ReadAsync(asked)).GetProperty("delivery").GetString();

        await shared.SendAsync();

        Assert.Equal("channel.test", JsonSerializer.Deserialize<JsonElement>(Assert.Single(receiver.Calls).Body).GetProperty("type").GetString());
        var delivery = Assert.Single((await shared.Client.GetJsonAsync($"/api/v1/deliveries?tenant={tenant}&state=delivered&channel={channel}")).GetProperty("items").EnumerateArray());
        Assert.Equal((id, $"msg_{Guid.Parse(id!):N}", "delivered", 200), (
            delivery.GetProperty("id").GetString(), delivery.GetProperty("webhookId").GetString(), delivery.GetProperty("state").GetString(), delivery.GetProperty("log")[0].GetProperty("status").GetInt32()));
        Assert.Equal(id, (await shared.Client.GetJsonAsync($"/api/v1/deliveries/{id}")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Deliveries_MoreThanAPage_GoOnWhereItEnded()
    {
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, Target)).GetProperty("id").GetGuid();
        var sent = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            shared.App.Time.Now += TimeSpan.FromSeconds(1);
            sent.Add(await shared.EnqueueAsync(tenant, channel));
        }
        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = await shared.Client.GetJsonAsync($"/api/v1/deliveries?tenant={tenant}&limit=2&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        sent.Reverse();
        Assert.Equal(sent, seen);
    }

    [Fact]
    public async Task Redeliver_OfWhatIsUnderWay_IsRefused()
    {
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, Target)).GetProperty("id").GetGuid());
        using var refused = await shared.Client.PostAsync($"/api/v1/deliveries/{id}/redeliver", null);
        await Json.ProblemAsync(refused, 409);
    }

    [Fact]
    public async Task ObjectLevelAuthorizationOnChannels_OfAnotherTenant_FindsNothing()
    {
        var (own, foreign) = (await shared.TenantAsync(), await shared.TenantAsync());
        var channel = (await shared.ChannelAsync(foreign, Target)).GetProperty("id").GetGuid();
        var delivery = await shared.EnqueueAsync(foreign, channel);
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(own, ["admin"])).Secret);
        foreach (var path in new[] { $"/api/v1/channels/{channel}/rotate", $"/api/v1/channels/{channel}/test", $"/api/v1/deliveries/{delivery}/redeliver" })
        {
            using var answer = await client.PostAsync(path, null);
            await Json.ProblemAsync(answer, 404);
        }
        using var removed = await client.DeleteAsync($"/api/v1/channels/{channel}");
        await Json.ProblemAsync(removed, 404);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"/api/v1/deliveries/{delivery}"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/api/v1/deliveries?tenant={foreign}"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/api/v1/channels?tenant={foreign}"));
        Assert.Equal(0, (await client.GetJsonAsync("/api/v1/channels")).GetProperty("items").GetArrayLength());
        Assert.Equal(1, await shared.App.CountAsync($"channels WHERE tenant_id = '{foreign}'"));
    }

    [Fact]
    public async Task Queue_ThatIsFull_GivesTheNextUpInSight()
    {
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, Target)).GetProperty("id").GetGuid();
        await shared.App.ExecuteAsync($"""
            INSERT INTO deliveries (tenant_id, delivery_id, channel_id, channel_name, kind, message_type, title, message, state, attempts, tries, next_at, log, created_at)
            SELECT '{tenant}', gen_random_uuid(), '{channel}', 'on call', 1, 'a', 'a', '{"{}"}', 1, 0, 0, '2027-01-01Z', '[]', '2026-11-20Z' FROM generate_series(1, {EnqueueMessages.MostWaiting})
            """);
        var refused = await shared.DeliveryAsync(await shared.EnqueueAsync(tenant, channel));
        Assert.Equal((DeliveryState.GivenUp, "So many messages wait that this one was not taken on."), (refused.State, refused.LastError));
    }
}
