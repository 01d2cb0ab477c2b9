using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentConsole.Bench.Load;

/// <summary>
/// Requests over HTTP at a steady rate, timed where they are sent: a connection and a thread of its own for each sender, which waits for the answer in the kernel. What is measured is
/// the app, not a client that shares its two cores; a client of tasks and pools took as much of them as the app did.
/// </summary>
internal static class PacedSockets
{
    private const int LongestAnswer = 64 * 1024;

    /// <param name="ask">The bytes of a request by its number; each must be answered 200.</param>
    public static async Task<Latencies> RunAsync(Uri url, Func<int, byte[]> ask, int rate, int seconds, int connections, CancellationToken cancellationToken)
    {
        var (latencies, started, failed) = (new Latencies(), Stopwatch.GetTimestamp(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var senders = Enumerable.Range(0, connections).Select(first => Task.Factory.StartNew(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(IPAddress.Parse(url.Host), url.Port);
            var buffer = new byte[LongestAnswer];
            for (var index = first; index < rate * seconds && !cancellationToken.IsCancellationRequested && !failed.Task.IsCompleted; index += connections)
            {
                var request = ask(index);
                Wait(TimeSpan.FromSeconds((double)index / rate) - Stopwatch.GetElapsedTime(started), cancellationToken);
                var sent = Stopwatch.GetTimestamp();
                socket.Send(request);
                var length = Receive(socket, buffer);
                latencies.Add(Stopwatch.GetElapsedTime(sent));
                if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException($"Request {index} was answered {Encoding.UTF8.GetString(buffer, 0, length)}");
            }
        }, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        foreach (var sender in senders) _ = sender.ContinueWith(_ => failed.TrySetResult(), cancellationToken, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAll(senders);
        cancellationToken.ThrowIfCancellationRequested();
        return latencies;
    }

    public static byte[] Get(Uri url, string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n");

    public static byte[] Post(Uri url, string path, string key, string json) =>
        Encoding.UTF8.GetBytes($"POST {path} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>To the millisecond: waiting more closely would take a core from those that are measured.</summary>
    private static void Wait(TimeSpan early, CancellationToken cancellationToken)
    {
        if (early.TotalMilliseconds >= 1) cancellationToken.WaitHandle.WaitOne(early);
    }

    private static int Receive(Socket socket, byte[] buffer)
    {
        var length = 0;
        do
        {
            var read = socket.Receive(buffer.AsSpan(length));
            if (read == 0) throw new IOException("The connection was closed before the answer was whole.");
            length += read;
        }
        while (!IsWhole(buffer.AsSpan(0, length)));
        return length;
    }

    /// <summary>By its length, or by the last of its chunks.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var name = answer[..head].IndexOf("Content-Length: "u8);
        if (name < 0) return answer.EndsWith("0\r\n\r\n"u8);
        var digits = answer[(name + "Content-Length: ".Length)..head];
        if (digits.IndexOf((byte)'\r') is var end and >= 0) digits = digits[..end];
        return answer.Length >= head + 4 + int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
    }
}
