using System.Net;
using System.Text.Json;
using AgentConsole.Notify;
using AgentConsole.Notify.Sending;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Notify;

/// <summary>An app that may call this machine and has a mail server; its messages go when the test says so.</summary>
public sealed class NotifyApp : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    internal ConsoleApp App { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal MailReceiver Mail { get; } = MailReceiver.Start();

    public async Task InitializeAsync()
    {
        App = await ConsoleApp.StartAsync(_postgres, new Dictionary<string, string?>
        {
            ["Edges:OutboundAllow"] = "127.0.0.1",
            ["Notify:ConsoleAddress"] = "https://console.test",
            ["Notify:Smtp:Host"] = "127.0.0.1",
            ["Notify:Smtp:Port"] = $"{Mail.Port}",
            ["Notify:Smtp:From"] = "console@example.test",
            ["Notify:Smtp:Tls"] = "false",
        });
        Client = App.Client();
        await App.Get<SendMessages>().StopAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Mail.Dispose();
        await App.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>A channel that must be made; its answer.</summary>
    internal async Task<JsonElement> ChannelAsync(string tenant, string target, string kind = "webhook", string name = "on call")
    {
        using var response = await Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant, name, kind, target })));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }

    /// <summary>Writes a message as whoever raises something does; its delivery.</summary>
    internal async Task<Guid> EnqueueAsync(string tenant, Guid channel, string title = "Something is wrong")
    {
        await using var session = await App.Get<Database>().BeginAsync(Reach.Platform, CancellationToken.None);
        var message = new Message("test.raised", title, "By <much> & more.", "/usage?tenant=acme", [new("Amount", "$5.00")], new() { ["amount"] = "5.00" });
        var made = await App.Get<EnqueueMessages>().ExecuteAsync(session.Connection, tenant, [channel], message, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return Assert.Single(made);
    }

    /// <summary>Sends all that is due; how many attempts that were.</summary>
    internal async Task<int> SendAsync()
    {
        for (var sent = 0; ; sent++)
            if (!await App.Get<SendMessages>().SendNextAsync(CancellationToken.None)) return sent;
    }

    internal async Task<DeliveryRow> DeliveryAsync(Guid id) => (await App.Get<ChannelQueries>().FindDeliveryAsync(Reach.Platform, id, CancellationToken.None))!;

    internal async Task<string> TenantAsync()
    {
        // Others' messages are not this test's.
        await App.ExecuteAsync("DELETE FROM deliveries");
        App.Time.Now = ConsoleApp.Now;
        Mail.AnswerToRecipient = "250 OK";
        Mail.Mails.Clear();
        return await Client.CreateTenantAsync($"t-{Guid.NewGuid():N}"[..16]);
    }
}
