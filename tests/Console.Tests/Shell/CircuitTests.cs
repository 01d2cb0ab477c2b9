using System.Net;
using System.Net.WebSockets;
using System.Text;
using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Shell;

/// <summary>The connection of a circuit, spoken to as no browser would.</summary>
public sealed class CircuitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.SwitchingProtocols)]
    [InlineData("own", HttpStatusCode.SwitchingProtocols)]
    public async Task Socket_FromAForeignOrigin_IsRefused(string origin, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        using var member = await SignedIn.AsAsync(app, Role.Operator);
        using var socket = new Socket(app, member, origin == "own" ? app.Address.GetLeftPart(UriPartial.Authority) : origin);
        Assert.Equal(expected, await socket.ConnectAsync());
    }

    [Fact]
    public async Task Negotiation_FromAForeignOrigin_IsRefused()
    {
        await using var app = await StartAsync();
        using var member = await SignedIn.AsAsync(app, Role.Operator);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Headers = { { "Origin", "https://evil.example" } } };
        using var response = await member.Client.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task CircuitFlood_OfOneMember_IsRefused_WithAPageThatSaysSo()
    {
        await using var app = await StartAsync(("Edges:CircuitsPerMember", "3"));
        using var member = await SignedIn.AsAsync(app, Role.Operator);
        var sockets = Enumerable.Range(0, 5).Select(_ => new Socket(app, member, "")).ToArray();
        var answers = new List<HttpStatusCode>();
        foreach (var socket in sockets) answers.Add(await socket.ConnectAsync());
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.SwitchingProtocols, 3), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)], answers);

        var page = await member.Client.GetAsync("/usage");
        Assert.Equal((HttpStatusCode.TooManyRequests, "Too much at once"), (page.Status, page.Document.QuerySelector("h1")?.TextContent));
        Assert.Contains("too many consoles open", page.Document.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.Document.Scripts);
        Assert.Equal(HttpStatusCode.OK, (await member.Client.GetAsync("/account")).Status);
        using var other = await SignedIn.AsAsync(app, Role.Operator);
        Assert.Equal(HttpStatusCode.OK, (await other.Client.GetAsync("/usage")).Status);

        sockets[0].Dispose();
        await Eventually.TrueAsync(async () => (await member.Client.GetAsync("/usage")).Status == HttpStatusCode.OK);
        foreach (var socket in sockets) socket.Dispose();
    }

    [Fact]
    public async Task CircuitFlood_OfOneAddress_IsRefused()
    {
        await using var app = await StartAsync(("Edges:CircuitsPerAddress", "2"));
        var (sockets, answers) = (new List<Socket>(), new List<HttpStatusCode>());
        for (var number = 0; number < 3; number++)
        {
            using var member = await SignedIn.AsAsync(app, Role.Operator);
            sockets.Add(new(app, member, ""));
            answers.Add(await sockets[^1].ConnectAsync());
        }
        Assert.Equal([HttpStatusCode.SwitchingProtocols, HttpStatusCode.SwitchingProtocols, HttpStatusCode.TooManyRequests], answers);
        foreach (var socket in sockets) socket.Dispose();
    }

    /// <summary>One message more than fits ends the connection, and nothing of it is kept.</summary>
    [Fact]
    public async Task OversizedSignalRMessage_EndsTheConnection()
    {
        Assert.InRange(ShellFeature.MaxMessageBytes, 1, 64 * 1024);
        await using var app = await StartAsync();
        using var member = await SignedIn.AsAsync(app, Role.Operator);
        using var socket = new Socket(app, member, "");
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await socket.ConnectAsync());
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"));
        // A length of one message, then more bytes than any may have.
        var message = new byte[ShellFeature.MaxMessageBytes + 1024];
        (message[0], message[1], message[2]) = (0xff, 0xff, 0x07);
        await socket.SendAsync(message);
        Assert.True(await socket.IsEndedAsync());
        using var client = app.Client();
        await client.GetJsonAsync("/api/v1/requests");
    }

    private async Task<ConsoleApp> StartAsync(params (string Key, string? Value)[] settings) =>
        await ConsoleApp.StartAsync(postgres, settings.ToDictionary(static pair => pair.Key, static pair => pair.Value));

    private sealed class Socket : IDisposable
    {
        private readonly ClientWebSocket _socket = new();
        private readonly Uri _address;

        public Socket(ConsoleApp app, SignedIn member, string origin)
        {
            _address = new UriBuilder(app.Address) { Scheme = "ws", Path = CircuitOrigin.Path }.Uri;
            _socket.Options.CollectHttpResponseDetails = true;
            _socket.Options.SetRequestHeader("Cookie", member.Cookie);
            if (origin.Length > 0) _socket.Options.SetRequestHeader("Origin", origin);
        }

        public async Task<HttpStatusCode> ConnectAsync()
        {
            try
            {
                await _socket.ConnectAsync(_address, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // The status says why.
            }
            return _socket.HttpStatusCode;
        }

        public Task SendAsync(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);

        public async Task<bool> IsEndedAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var buffer = new byte[4096];
            try
            {
                while ((await _socket.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
                {
                }
                return true;
            }
            catch (WebSocketException)
            {
                return true;
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}
