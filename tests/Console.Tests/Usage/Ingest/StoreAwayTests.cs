using System.Net;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;
using AgentConsole.Usage.Ingest.Otlp.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>PostgreSQL goes away in mid-ingest: callers are told, and what was acknowledged is there afterwards.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Post_StoreStoppedAtOnce_Is503ThenRecoversWithNothingLostOrDouble()
    {
        // As in production: what is acknowledged is on disk.
        await using var postgres = await EmbeddedPostgres.StartAsync(_folder, NullLogger.Instance, CancellationToken.None);
        await ConsoleApp.MigrateAsync(postgres.ConnectionString);
        await using var app = ConsoleApp.Start(postgres.ConnectionString);
        using var client = app.Client();
        var sender = new Sender("acme") { Client = client };

        for (var round = 0; round < 2; round++)
        {
            using var stop = new CancellationTokenSource();
            var acknowledged = sender.Acknowledged;
            var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sender.RunAsync(stop.Token)));
            await Eventually.TrueAsync(() => sender.Acknowledged > acknowledged + 200);
            await EmbeddedServer.StopImmediatelyAsync(_folder);
            await Eventually.TrueAsync(() => sender.Refusals > round);
            var refused = sender.Acknowledged;
            await Eventually.TrueAsync(() => sender.Acknowledged > refused + 200);
            await stop.CancelAsync();
            await sending;
        }

        Assert.Equal(0, sender.Wrong);
        app.Source.Clear();
        await sender.ResendAllAsync();
        Assert.Equal(sender.Sent, await app.CountAsync("usage_events"));
        Assert.Equal(sender.Sent, await app.CountAsync("usage_keys"));
        var total = (await client.GetJsonAsync("/api/v1/usage/breakdown?from=2024-05-06&to=2024-05-07")).GetProperty("total");
        Assert.Equal(sender.Sent, total.GetProperty("requests").GetInt64());
        Assert.Equal(sender.Sent * 3, total.GetProperty("tokens").GetProperty("input").GetInt64());
    }

    [Fact]
    public async Task Ready_StoreAway_Is503NamingTheStore()
    {
        await using var app = ConsoleApp.Start("Host=127.0.0.1;Port=1;Database=none;Username=none;Password=secret;Timeout=2");
        using var client = app.Client();
        using var ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"store\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var refused = await client.PostAsync("/api/v1/usage", Json.Body(Json.Event("a", "acme").ToJsonString()));
        await Json.ProblemAsync(refused, 503);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-protobuf")]
    public async Task Traces_StoreAway_Is503WithRetryAfterInTheSendersEncoding(string type)
    {
        await using var app = ConsoleApp.Start("Host=127.0.0.1;Port=1;Database=none;Username=none;Password=secret;Timeout=2");
        using var client = app.Client();
        var span = TestSpan.Of(1, "chat", """{"gen_ai.request.model":"gpt-5","gen_ai.usage.input_tokens":1}""");
        var body = new ByteArrayContent(type == "application/json" ? System.Text.Encoding.UTF8.GetBytes(TestSpan.Json("acme", span).ToJsonString()) : TestSpan.Protobuf("acme", span));
        body.Headers.ContentType = new(type);
        using var refused = await client.PostAsync("/v1/traces", body);
        Assert.NotNull(refused.Headers.RetryAfter);
        if (type == "application/json") await Json.ProblemAsync(refused, 503);
        else Assert.Equal((HttpStatusCode.ServiceUnavailable, 14), (refused.StatusCode, RpcStatus.Parser.ParseFrom(await refused.Content.ReadAsByteArrayAsync()).Code));
    }
}
