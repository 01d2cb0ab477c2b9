using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentConsole.Tests.Testing;

/// <summary>A mail server on a free port of 127.0.0.1: speaks SMTP, keeps what it takes.</summary>
internal sealed class MailReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    private MailReceiver()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    /// <summary>What a recipient is answered.</summary>
    public string AnswerToRecipient { get; set; } = "250 OK";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static MailReceiver Start() => new();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var recipients = new List<string>();
        await writer.WriteLineAsync("220 mail.test");
        while (await reader.ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "RCPT" && AnswerToRecipient.StartsWith('2')) recipients.Add(line[(line.IndexOf('<') + 1)..line.IndexOf('>')]);
            if (verb == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                Mails.Enqueue(new([.. recipients], await ReadMailAsync(reader)));
            }
            await writer.WriteLineAsync(verb switch { "RCPT" => AnswerToRecipient, "QUIT" => "221 bye", _ => "250 OK" });
            if (verb == "QUIT") return;
        }
    }

    private static async Task<string> ReadMailAsync(StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".") mail.Append(line).Append('\n');
        return mail.ToString();
    }
}

/// <param name="Text">Headers and body as they came.</param>
internal sealed record ReceivedMail(IReadOnlyList<string> Recipients, string Text)
{
    /// <summary>The body without its transfer encoding.</summary>
    public string Body
    {
        get
        {
            var (headers, body) = (Text[..Text.IndexOf("\n\n", StringComparison.Ordinal)], Text[(Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
            if (headers.Contains("base64", StringComparison.Ordinal)) return Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal)));
            return body.Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        }
    }
}
