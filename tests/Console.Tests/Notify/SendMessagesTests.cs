using System.Text.Json;
using AgentConsole.Notify;
using AgentConsole.Notify.Sending;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Http;

namespace AgentConsole.Tests.Notify;

/// <summary>Messages to real receivers, good ones and others.</summary>
public sealed class SendMessagesTests(NotifyApp shared) : IClassFixture<NotifyApp>
{
    [Fact]
    public async Task Webhook_Called_IsSignedAndSaysWhatAndWhere()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = await shared.ChannelAsync(tenant, receiver.Address);
        var id = await shared.EnqueueAsync(tenant, channel.GetProperty("id").GetGuid());

        Assert.Equal(1, await shared.SendAsync());

        var call = Assert.Single(receiver.Calls);
        Assert.Equal("/hooks/a-secret-path?token=a-secret-token", call.Path);
        Assert.Equal($"msg_{id:N}", call.Headers["webhook-id"]);
        Assert.Equal(ConsoleApp.Now.ToUnixTimeSeconds().ToString(), call.Headers["webhook-timestamp"]);
        Assert.Equal(StandardWebhook.Signature(call.Headers["webhook-id"], call.Headers["webhook-timestamp"], call.Body, channel.GetProperty("secret").GetString()!), call.Headers["webhook-signature"]);
        var body = JsonSerializer.Deserialize<JsonElement>(call.Body);
        Assert.Equal(("test.raised", "Something is wrong", "https://console.test/usage?tenant=acme", "5.00"), (
            body.GetProperty("type").GetString(), body.GetProperty("data").GetProperty("title").GetString(), body.GetProperty("data").GetProperty("link").GetString(), body.GetProperty("data").GetProperty("details").GetProperty("amount").GetString()));
        var delivery = await shared.DeliveryAsync(id);
        Assert.Equal((DeliveryState.Delivered, 1, 200), (delivery.State, delivery.Attempts, Assert.Single(delivery.Log).Status));
    }

    [Fact]
    public async Task Webhook_InItsGraceOfRotation_IsSignedTwice_AndOnceAfterIt()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = await shared.ChannelAsync(tenant, receiver.Address);
        var (id, old) = (channel.GetProperty("id").GetGuid(), channel.GetProperty("secret").GetString()!);
        using var rotated = await shared.Client.PostAsync($"/api/v1/channels/{id}/rotate", Json.Body("""{"graceMinutes":30}"""));
        var fresh = (await Json.ReadAsync(rotated)).GetProperty("secret").GetString()!;

        await shared.EnqueueAsync(tenant, id);
        await shared.SendAsync();
        shared.App.Time.Now += TimeSpan.FromMinutes(31);
        await shared.EnqueueAsync(tenant, id);
        await shared.SendAsync();

        Assert.NotEqual(old, fresh);
        string Signed(ReceivedCall call, string secret) => StandardWebhook.Signature(call.Headers["webhook-id"], call.Headers["webhook-timestamp"], call.Body, secret);
        ReceivedCall[] calls = [.. receiver.Calls];
        Assert.Equal($"{Signed(calls[0], fresh)} {Signed(calls[0], old)}", calls[0].Headers["webhook-signature"]);
        Assert.Equal(Signed(calls[1], fresh), calls[1].Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Slack_Called_GetsOneTextWithItsOwnCharactersEscaped()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = await shared.ChannelAsync(tenant, receiver.Address, "slack");
        Assert.Equal(JsonValueKind.Null, channel.GetProperty("secret").ValueKind);
        await shared.EnqueueAsync(tenant, channel.GetProperty("id").GetGuid(), "It is <over>");

        await shared.SendAsync();

        var text = JsonSerializer.Deserialize<JsonElement>(Assert.Single(receiver.Calls).Body).GetProperty("text").GetString()!;
        Assert.Equal("*It is &lt;over&gt;*\nBy &lt;much&gt; &amp; more.\n• Amount: $5.00\n<https://console.test/usage?tenant=acme|Open in the console>", text);
    }

    [Fact]
    public async Task Email_Sent_HasEveryAddressTheWordsAndAStableId()
    {
        var tenant = await shared.TenantAsync();
        var channel = await shared.ChannelAsync(tenant, "ada@example.test, grace@example.test", "email");
        Assert.Equal("a…@example.test and 1 more", channel.GetProperty("target").GetString());
        var id = await shared.EnqueueAsync(tenant, channel.GetProperty("id").GetGuid());

        Assert.Equal(1, await shared.SendAsync());

        var mail = Assert.Single(shared.Mail.Mails);
        Assert.Equal(["ada@example.test", "grace@example.test"], mail.Recipients);
        Assert.Contains($"<msg_{id:N}@example.test>", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Subject: Something is wrong", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Amount: $5.00", mail.Body, StringComparison.Ordinal);
        Assert.Contains("https://console.test/usage?tenant=acme", mail.Body, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, (await shared.DeliveryAsync(id)).State);
    }

    [Fact]
    public async Task Email_RefusedByTheServer_IsTriedAgainUnderTheSameId()
    {
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, "ada@example.test", "email")).GetProperty("id").GetGuid();
        var id = await shared.EnqueueAsync(tenant, channel);
        shared.Mail.AnswerToRecipient = "451 not now";

        await shared.SendAsync();
        var delivery = await shared.DeliveryAsync(id);
        Assert.Equal((DeliveryState.Waiting, "The mail server answered 451."), (delivery.State, delivery.LastError));

        shared.Mail.AnswerToRecipient = "250 OK";
        shared.App.Time.Now = delivery.NextAt!.Value;
        await shared.SendAsync();
        Assert.Contains($"<msg_{id:N}@", Assert.Single(shared.Mail.Mails).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_OfAnHour_LosesNothing_AndEachArrivesOnceUnderItsId()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid();
        receiver.AnswerWith(503);
        var sent = new List<Guid>();
        for (var minute = 0; minute < 60; minute++)
        {
            if (minute % 10 == 0) sent.Add(await shared.EnqueueAsync(tenant, channel));
            await shared.SendAsync();
            shared.App.Time.Now += TimeSpan.FromMinutes(1);
        }
        Assert.All(await Task.WhenAll(sent.Select(shared.DeliveryAsync)), static delivery => Assert.Equal(DeliveryState.Waiting, delivery.State));
        var failed = receiver.Calls.Count;
        Assert.InRange(failed, 20, 80);

        receiver.AnswerWith(204);
        shared.App.Time.Now += TimeSpan.FromHours(2);
        await shared.SendAsync();

        Assert.Equal(sent.Select(static id => $"msg_{id:N}").Order(), receiver.Calls.Skip(failed).Select(static call => call.Headers["webhook-id"]).Order());
        Assert.All(await Task.WhenAll(sent.Select(shared.DeliveryAsync)), static delivery => Assert.Equal(DeliveryState.Delivered, delivery.State));
    }

    [Fact]
    public async Task Receiver_ThatNeverTakesIt_IsGivenUpAfterAllTries_AndRedeliveredByHand()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid();
        var id = await shared.EnqueueAsync(tenant, channel);
        receiver.AnswerWith(500);
        for (var tries = 0; tries < Backoff.MostTries; tries++)
        {
            Assert.Equal(1, await shared.SendAsync());
            shared.App.Time.Now += TimeSpan.FromHours(2);
        }
        Assert.Equal(0, await shared.SendAsync());
        var delivery = await shared.DeliveryAsync(id);
        Assert.Equal((DeliveryState.GivenUp, Backoff.MostTries, 20, "It answered 500."), (delivery.State, delivery.Attempts, delivery.Log.Count, delivery.LastError));

        receiver.AnswerWith(200);
        using var asked = await shared.Client.PostAsync($"/api/v1/deliveries/{id}/redeliver", null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, asked.StatusCode);
        Assert.Equal(1, await shared.SendAsync());
        Assert.Equal((DeliveryState.Delivered, Backoff.MostTries + 1), ((await shared.DeliveryAsync(id)).State, (await shared.DeliveryAsync(id)).Attempts));
        Assert.Single(receiver.Calls.Select(static call => call.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public async Task Receiver_ThatIsGone_IsNotAskedAgain()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid());
        receiver.AnswerWith(410);
        await shared.SendAsync();
        Assert.Equal(DeliveryState.GivenUp, (await shared.DeliveryAsync(id)).State);
    }

    [Fact]
    public async Task Receiver_ThatAsksForTime_GetsIt()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid());
        receiver.Answer = static context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "600");
            return Task.CompletedTask;
        };
        await shared.SendAsync();
        Assert.Equal(ConsoleApp.Now.AddSeconds(600), (await shared.DeliveryAsync(id)).NextAt);
    }

    [Fact]
    public async Task Receiver_ThatRedirects_IsNotFollowed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var other = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid());
        receiver.Answer = context =>
        {
            context.Response.Redirect(other.Address, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        await shared.SendAsync();
        Assert.Empty(other.Calls);
        Assert.Equal("It answered 307: redirects are not followed.", (await shared.DeliveryAsync(id)).LastError);
    }

    [Fact]
    public async Task Receiver_ThatHangs_IsLeftAlone_AndHoldsUpNoOther()
    {
        await using var slow = await HookReceiver.StartAsync();
        await using var quick = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        slow.Answer = static context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        var (hanging, fine) = ((await shared.ChannelAsync(tenant, slow.Address)).GetProperty("id").GetGuid(), (await shared.ChannelAsync(tenant, quick.Address, name: "quick")).GetProperty("id").GetGuid());
        Guid[] held = [await shared.EnqueueAsync(tenant, hanging), await shared.EnqueueAsync(tenant, hanging)];
        var sender = shared.App.Get<SendMessages>();
        sender.AttemptTakes = TimeSpan.FromSeconds(2);
        try
        {
            var first = sender.SendNextAsync(CancellationToken.None);
            await Eventually.TrueAsync(() => slow.Calls.Count == 1);
            var other = await shared.EnqueueAsync(tenant, fine);

            Assert.Equal(1, await shared.SendAsync());

            Assert.Equal(DeliveryState.Delivered, (await shared.DeliveryAsync(other)).State);
            Assert.Single(slow.Calls);
            Assert.True(await first);
            Assert.Equal("It did not answer within 2 s.", Assert.Single((await Task.WhenAll(held.Select(shared.DeliveryAsync))).Select(static delivery => delivery.LastError).OfType<string>()));
        }
        finally
        {
            sender.AttemptTakes = TimeSpan.FromSeconds(15);
        }
    }

    [Fact]
    public async Task Node_ThatDiesInAnAttempt_LeavesItToAnother()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid());
        var taken = await shared.App.Get<Outbox>().TakeAsync(CancellationToken.None);
        Assert.Equal(0, await shared.SendAsync());

        shared.App.Time.Now += TimeSpan.FromSeconds(61);
        Assert.Equal(1, await shared.SendAsync());

        Assert.Equal((DeliveryState.Delivered, 2), ((await shared.DeliveryAsync(id)).State, (await shared.DeliveryAsync(id)).Attempts));
        // The first comes back to life: its word counts no more.
        await shared.App.Get<Outbox>().SettleAsync(taken!, new(null, "late"), ConsoleApp.Now, ConsoleApp.Now, CancellationToken.None);
        Assert.Equal(DeliveryState.Delivered, (await shared.DeliveryAsync(id)).State);
    }

    [Fact]
    public async Task Senders_ManyAtOnce_SendEachOnce()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var sent = new List<Guid>();
        foreach (var number in Enumerable.Range(0, 10))
        {
            var channel = (await shared.ChannelAsync(tenant, receiver.Address, name: $"channel {number}")).GetProperty("id").GetGuid();
            foreach (var _ in Enumerable.Range(0, 3)) sent.Add(await shared.EnqueueAsync(tenant, channel));
        }
        await Eventually.TrueAsync(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => shared.SendAsync()));
            return await shared.App.CountAsync("deliveries WHERE state = 1") == 0;
        });
        Assert.Equal(sent.Select(static id => $"msg_{id:N}").Order(), receiver.Calls.Select(static call => call.Headers["webhook-id"]).Order());
    }

    [Fact]
    public async Task Channel_RemovedWhileAMessageWaits_IsGivenUpAndNotCalled()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var channel = (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid();
        var id = await shared.EnqueueAsync(tenant, channel);
        using var removed = await shared.Client.DeleteAsync($"/api/v1/channels/{channel}");
        Assert.Equal(0, await shared.SendAsync());
        Assert.Equal(DeliveryState.GivenUp, (await shared.DeliveryAsync(id)).State);
        Assert.Equal("The channel was removed before this message.", (await shared.DeliveryAsync(await shared.EnqueueAsync(tenant, channel))).LastError);
        Assert.Empty(receiver.Calls);
    }

    /// <summary>What was public when it was saved may not be so when it is called.</summary>
    [Fact]
    public async Task SsrfByCustomHost_ThatIsAllowedNoLonger_IsNotCalled()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var tenant = await shared.TenantAsync();
        var id = await shared.EnqueueAsync(tenant, (await shared.ChannelAsync(tenant, receiver.Address)).GetProperty("id").GetGuid());
        await shared.App.ExecuteAsync($"UPDATE channels SET target = '{shared.App.Get<ChannelSeal>().Close(receiver.Address.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal))}' WHERE tenant_id = '{tenant}'");
        await shared.SendAsync();
        Assert.Contains("is not on the public internet", (await shared.DeliveryAsync(id)).LastError, StringComparison.Ordinal);
        Assert.Empty(receiver.Calls);
    }
}
