using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentConsole.Platform.Http;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Platform.Http;

/// <summary>Calls to addresses that someone else chose, with real sockets: none reaches this machine or its network.</summary>
public sealed class OutboundGuardTests
{
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.8.9.10:8080/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://172.31.255.255/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://100.100.100.200/")]
    [InlineData("http://192.0.0.192/")]
    [InlineData("http://198.18.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://%31%32%37.0.0.1/")]
    [InlineData("http://134744072/")] // 8.8.8.8, but oddly written
    [InlineData("http://user:secret@8.8.8.8/")]
    [InlineData("http://8.8.8.8@127.0.0.1/")]
    [InlineData("ftp://8.8.8.8/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://8.8.8.8/")]
    [InlineData("/relative")]
    [InlineData("")]
    public async Task Ssrf_ByCustomHost_IsRefusedAtSave(string address) => Assert.False((await Guard().CheckAsync(address, CancellationToken.None)).Ok);

    [Theory]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[::127.0.0.1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[64:ff9b:1::a00:1]/")]
    [InlineData("http://[2001:0:7f00:1::]/")]
    [InlineData("http://[2001:db8::1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://[fec0::1]/")]
    [InlineData("http://[fc00::1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[ff02::1]/")]
    public async Task Ssrf_ByIPv6_IsRefusedAtSave(string address) => Assert.False((await Guard().CheckAsync(address, CancellationToken.None)).Ok);

    [Theory]
    [InlineData("https://8.8.8.8/hook")]
    [InlineData("https://[2606:4700::1111]/hook")]
    [InlineData("https://public.test:8443/hook?x=1")]
    [InlineData("http://public.test./")]
    [InlineData("http://[::ffff:8.8.8.8]/")]
    public async Task Address_OnThePublicInternet_IsTaken(string address)
    {
        var guard = Guard(new Names(("public.test", ["93.184.216.34"])));
        var checked_ = await guard.CheckAsync(address, CancellationToken.None);
        Assert.True(checked_.Ok, checked_.Error?.Message);
    }

    /// <summary>One address of a name that is not public forbids the name, whichever comes first.</summary>
    [Fact]
    public async Task Name_WithOneAddressInside_IsRefused()
    {
        var guard = Guard(new Names(("both.test", ["93.184.216.34", "10.0.0.1"]), ("none.test", [])));
        Assert.Contains("both.test", (await guard.CheckAsync("https://both.test/", CancellationToken.None)).Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", (await guard.CheckAsync("https://both.test/", CancellationToken.None)).Error!.Message, StringComparison.Ordinal);
        Assert.False((await guard.CheckAsync("https://none.test/", CancellationToken.None)).Ok);
    }

    /// <summary>A name that is public when it is checked, and this machine when it is called.</summary>
    [Fact]
    public async Task Ssrf_ByDnsRebinding_ReachesNothing()
    {
        using var inside = new Listener("inside");
        var names = new Names(("rebind.test", ["93.184.216.34"]));
        var guard = Guard(names);
        Assert.True((await guard.CheckAsync(inside.Url("rebind.test"), CancellationToken.None)).Ok);
        // The check before the call still sees the first answer; the connection would see the second.
        names.Then("rebind.test", "93.184.216.34", "127.0.0.1");
        using var client = new HttpClient(guard.CreateHandler());
        var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(inside.Url("rebind.test")));
        Assert.True(refused is OutboundRefusedException || refused.InnerException is OutboundRefusedException, refused.ToString());
        Assert.Equal(0, inside.Connections);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Ssrf_ByRedirect_ReachesNothing(int status)
    {
        using var inside = new Listener("inside", IPAddress.Parse("127.0.0.2"));
        using var outside = new Listener("moved", answer: $"HTTP/1.1 {status} Moved\r\nLocation: {inside.Url("127.0.0.2")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(Guard(new Names(), allow: "127.0.0.1/32").CreateHandler());
        await Assert.ThrowsAsync<OutboundRefusedException>(() => client.GetStringAsync(outside.Url("127.0.0.1")));
        Assert.Equal((1, 0), (outside.Connections, inside.Connections));
    }

    /// <summary>What is sent to one is not sent on to another, wherever that is.</summary>
    [Fact]
    public async Task Redirect_OfAPost_IsNotFollowed()
    {
        using var second = new Listener("second");
        using var first = new Listener("moved", answer: $"HTTP/1.1 307 Moved\r\nLocation: {second.Url("127.0.0.1")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(Guard(new Names(), allow: "127.0.0.1/32").CreateHandler());
        using var answer = await client.PostAsync(first.Url("127.0.0.1"), new StringContent("secret"));
        Assert.Equal((HttpStatusCode.TemporaryRedirect, 0), (answer.StatusCode, second.Connections));
    }

    [Fact]
    public async Task Redirect_ToAnotherHost_TakesNoCredentialsAlong()
    {
        using var second = new Listener("second");
        using var first = new Listener("moved", answer: $"HTTP/1.1 302 Moved\r\nLocation: {second.Url("other.test")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(Guard(new Names(("other.test", ["127.0.0.1"])), allow: "127.0.0.1").CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, first.Url("127.0.0.1")) { Headers = { { "Authorization", "Bearer secret" } } };
        using var answer = await client.SendAsync(request);
        Assert.Equal("second", await answer.Content.ReadAsStringAsync());
        Assert.Contains("Bearer secret", first.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer secret", second.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_WithoutEnd_Ends()
    {
        using var loop = new Listener("loop", answer: "HTTP/1.1 302 Moved\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(Guard(new Names(), allow: "127.0.0.1").CreateHandler());
        await Assert.ThrowsAsync<OutboundRefusedException>(() => client.GetStringAsync(loop.Url("127.0.0.1")));
        Assert.InRange(loop.Connections, 2, 5);
    }

    [Theory]
    [InlineData("hooks.internal")]
    [InlineData("HOOKS.internal")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8,10.0.0.0/8")]
    public async Task Target_ThatIsAllowed_IsReached(string allow)
    {
        using var inside = new Listener("reached");
        using var client = new HttpClient(Guard(new Names(("hooks.internal", ["127.0.0.1"])), allow).CreateHandler());
        Assert.Equal("reached", await client.GetStringAsync(inside.Url("hooks.internal")));
    }

    [Fact]
    public void Options_WhatIsNoTarget_IsAnError()
    {
        var settings = Settings(("Edges:OutboundAllow", "ok.test,10.0.0.0/8,not a host,10.0.0.1/99"), ("Edges:TrustedProxies", "10.0.0.1,proxy.test"), ("Edges:RequestsPerKey", "0"));
        EdgeOptions.Read(settings);
        Assert.Equal(["Edges__RequestsPerKey", "Edges__TrustedProxies"], settings.Errors.Select(error => error.Split(':')[0]).Where(key => key != "Edges__OutboundAllow").Order());
        Assert.Equal(2, settings.Errors.Count(error => error.StartsWith("Edges__OutboundAllow: \"", StringComparison.Ordinal)));
    }

    /// <summary>Whoever takes a client from the factory need not think of the guard, and nobody makes one without it.</summary>
    [Fact]
    public async Task EveryClientOfTheFactory_IsGuarded()
    {
        using var inside = new Listener("inside");
        await using var postgres = new Closing(new PostgresFixture());
        await using var app = await ConsoleApp.StartAsync(postgres.Fixture);
        using var client = app.Get<IHttpClientFactory>().CreateClient("any");
        await Assert.ThrowsAsync<OutboundRefusedException>(() => client.GetStringAsync(inside.Url("127.0.0.1")));
        Assert.Equal(0, inside.Connections);
        var own = Repository.Files("src", ".cs").Where(file => file.Text.Contains("new HttpClient(", StringComparison.Ordinal) || file.Text.Contains("new SocketsHttpHandler", StringComparison.Ordinal) || file.Text.Contains("new HttpClientHandler", StringComparison.Ordinal));
        Assert.Equal(["src/Platform/Http/OutboundGuard.cs"], own.Select(file => file.Path));
    }

    private static OutboundGuard Guard(INameResolver? names = null, string? allow = null) => new(EdgeOptions.Read(Settings(("Edges:OutboundAllow", allow))), names ?? new Names());

    private static AgentConsole.Platform.Settings Settings(params (string Key, string? Value)[] values)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();
        foreach (var (key, value) in values) configuration[key] = value;
        return new(configuration, NSubstitute.Substitute.For<Microsoft.Extensions.Hosting.IHostEnvironment>());
    }

    private sealed class Closing(PostgresFixture fixture) : IAsyncDisposable
    {
        public PostgresFixture Fixture => fixture;

        public async ValueTask DisposeAsync() => await fixture.DisposeAsync();
    }

    /// <summary>Names that change their mind: each question takes the next answer, the last one stays.</summary>
    private sealed class Names(params (string Name, string[] Addresses)[] known) : INameResolver
    {
        private readonly Dictionary<string, Queue<string[]>> _answers = known.ToDictionary(pair => pair.Name, pair => new Queue<string[]>([pair.Addresses]));

        public void Then(string name, params string[] answers) => _answers[name] = new(answers.Select(answer => new[] { answer }));

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            if (!_answers.TryGetValue(host, out var answers)) throw new SocketException((int)SocketError.HostNotFound);
            return Task.FromResult(Array.ConvertAll(answers.Count > 1 ? answers.Dequeue() : answers.Peek(), IPAddress.Parse));
        }
    }

    /// <summary>A real socket that answers every request alike and counts who came.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener;
        private readonly string _answer;
        private int _connections;

        public Listener(string text, IPAddress? address = null, string? answer = null)
        {
            _answer = answer ?? $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}";
            _listener = new(address ?? IPAddress.Loopback, 0);
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Connections => Volatile.Read(ref _connections);

        public string Received { get; private set; } = "";

        public string Url(string host) => $"http://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                    var buffer = new byte[8192];
                    var read = await client.GetStream().ReadAsync(buffer);
                    Received += Encoding.ASCII.GetString(buffer, 0, read);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(_answer));
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
