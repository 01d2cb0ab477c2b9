using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentConsole.Bench.Load.Circuits;

/// <summary>
/// An open page without a browser: loads the document, opens its circuit over a WebSocket, draws nothing, and acknowledges each render as a browser does.
/// Of JavaScript it answers that all went well and returned nothing.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private const int JsObjectReference = 1;
    private const string Handshake = "{\"protocol\":\"blazorpack\",\"version\":1}\x1e";
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly Visitor _visitor;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _receiving = Task.CompletedTask, _pinging = Task.CompletedTask;
    private (byte[] Text, TaskCompletionSource Seen)? _awaited;
    private long _renders, _bytes, _objects;
    private byte[] _received = new byte[16 * 1024];

    private Circuit(Visitor visitor) => _visitor = visitor;

    /// <summary>Render batches so far.</summary>
    public long Renders => Interlocked.Read(ref _renders);

    /// <summary>Bytes received so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Why it ended by itself; null while it is open.</summary>
    public string? Ended { get; private set; }

    /// <param name="shows">What the page shows when its data is there.</param>
    public static async Task<Circuit> OpenAsync(Visitor visitor, string path, string shows, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var circuit = new Circuit(visitor);
        try
        {
            await circuit.StartAsync(path, shows, timeout, cancellationToken);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Follows a link within the page; answers how long it took until a render had this text in it.</summary>
    public async Task<TimeSpan> ClickAsync(string path, string shows, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var seen = Await(shows);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(HubMessage.Call(null, "OnLocationChanged", new Uri(_visitor.Address, path).ToString(), "", true), cancellationToken);
        await WaitAsync(seen, timeout, shows, cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await Task.WhenAll(_receiving, _pinging).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
        _closed.Dispose();
    }

    /// <summary>1. The document and its components; 2. the connection; 3. the circuit; 4. its components; 5. its first data.</summary>
    private async Task StartAsync(string path, string shows, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var document = await _visitor.PageAsync(path, cancellationToken);
        var operations = Operations(document);
        var state = State().Match(document).Groups["state"].Value;

        var token = await _visitor.NegotiateAsync(cancellationToken);
        _socket.Options.Cookies = _visitor.Cookies;
        var address = new UriBuilder(_visitor.Address) { Scheme = "ws", Path = "/_blazor", Query = $"id={Uri.EscapeDataString(token)}" }.Uri;
        await _socket.ConnectAsync(address, cancellationToken);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(Handshake), WebSocketMessageType.Text, true, cancellationToken);
        var handshake = await ReceiveAsync(cancellationToken);
        if (handshake.Span is not [.., 0x1e]) throw new InvalidOperationException($"The handshake was answered by {Encoding.UTF8.GetString(handshake.Span)}");

        _receiving = ReceiveAllAsync();
        _pinging = PingAsync();
        var seen = Await(shows);
        var uri = new Uri(_visitor.Address, path).ToString();
        await SendAsync(HubMessage.Call("0", "StartCircuit", _visitor.Address.ToString(), uri, "[]", state), cancellationToken);
        await WaitAsync(_opened.Task, timeout, "a circuit", cancellationToken);
        await SendAsync(HubMessage.Call(null, "UpdateRootComponents", operations, state), cancellationToken);
        await WaitAsync(seen, timeout, shows, cancellationToken);
    }

    private static string Operations(string document)
    {
        var number = 0;
        var operations = new JsonArray();
        foreach (Match marker in Marker().Matches(document))
        {
            if (JsonNode.Parse(marker.Groups["marker"].Value) is not JsonObject component || component["descriptor"] is null) continue;
            component["uniqueId"] = ++number;
            operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = number, ["marker"] = component });
        }
        return new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString();
    }

    private Task Await(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sending) _awaited = (Encoding.UTF8.GetBytes(text), seen);
        return seen.Task;
    }

    private async Task WaitAsync(Task what, TimeSpan timeout, string shows, CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(what, _receiving, Task.Delay(timeout, TimeProvider.System, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (ended != what) throw new TimeoutException($"\"{shows}\" did not come within {timeout.TotalSeconds:N0} s; {Renders} renders came. {Ended}");
        await what;
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (!_closed.IsCancellationRequested)
            {
                var received = await ReceiveAsync(_closed.Token);
                Interlocked.Add(ref _bytes, received.Length);
                foreach (var message in HubMessage.ReadAll(received)) await TakeAsync(message);
            }
        }
        catch (Exception error) when (!_closed.IsCancellationRequested)
        {
            Ended ??= error.Message;
        }
        catch (OperationCanceledException)
        {
            // It was closed here.
        }
    }

    private async Task TakeAsync(HubMessage message)
    {
        switch (message)
        {
            case { Kind: HubMessageKind.Answer, Arguments: [string { Length: > 0 }] }:
                _opened.TrySetResult();
                break;
            case { Kind: HubMessageKind.Answer }:
                throw new InvalidOperationException("The circuit was refused.");
            case { Kind: HubMessageKind.Close }:
                throw new InvalidOperationException($"The server closed the connection: {message.Arguments.FirstOrDefault()}");
            case { Target: "JS.Error" }:
                throw new InvalidOperationException($"The circuit broke: {message.Arguments.FirstOrDefault()}");
            case { Target: "JS.RenderBatch", Arguments: [long batch, ReadOnlyMemory<byte> drawn] }:
                Interlocked.Increment(ref _renders);
                await SendAsync(HubMessage.Call(null, "OnRenderCompleted", batch, null), _closed.Token);
                Notice(drawn.Span);
                break;
            case { Target: "JS.BeginInvokeJS", Arguments: [long and not 0 and var call, _, _, long kind, ..] }:
                var returned = kind == JsObjectReference ? $"{{\"__jsObjectId\":{Interlocked.Increment(ref _objects)}}}" : "null";
                await SendAsync(HubMessage.Call(null, "EndInvokeJSFromDotNet", call, true, $"[{call},true,{returned}]"), _closed.Token);
                break;
        }
    }

    private void Notice(ReadOnlySpan<byte> drawn)
    {
        lock (_sending)
        {
            if (_awaited is not var (text, seen) || drawn.IndexOf(text) < 0) return;
            _awaited = null;
            seen.TrySetResult();
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(PingEvery, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(_closed.Token)) await SendAsync(HubMessage.Ping(), _closed.Token);
    }

    private async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>One message, until the next is received: it is read into the same memory, for hundreds of browsers at once are not to take the machine from what is measured.</summary>
    private async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        for (var length = 0; ;)
        {
            if (length == _received.Length) Array.Resize(ref _received, 2 * length);
            var part = await _socket.ReceiveAsync(_received.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException($"The server closed the socket: {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return _received.AsMemory(0, length);
        }
    }

    [GeneratedRegex("<!--Blazor:(?<marker>\\{.*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[a-zA-Z0-9+/=]+)-->")]
    private static partial Regex State();
}
