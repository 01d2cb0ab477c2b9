using System.Buffers;
using System.IO.Compression;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest;

/// <summary>The bytes of a request body, unpacked, in memory that is lent: bodies are large, and made anew for each they would keep the garbage collector at work. Nothing may hold on to them after the disposal.</summary>
internal sealed class ReceivedBody : IDisposable
{
    private const int AtFirst = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(AtFirst);
    private int _length;

    private ReceivedBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body to its end and no further than the limit. Fails with <see cref="UnreadableBody"/> or <see cref="BodyTooLarge"/>.</summary>
    public static async Task<Result<ReceivedBody>> ReadAsync(Stream body, string? encoding, CancellationToken cancellationToken)
    {
        var packed = string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase);
        if (!packed && encoding is not (null or "" or "identity")) return new UnreadableBody($"Content-Encoding \"{encoding}\" is not supported: send gzip or none.");
        await using var unpacked = packed ? new GZipStream(body, CompressionMode.Decompress) : body;
        var received = new ReceivedBody();
        Error error;
        try
        {
            if (await received.FillAsync(unpacked, cancellationToken)) return received;
            error = new BodyTooLarge("The body is over 16 MB unpacked. Send it in several requests.");
        }
        catch (InvalidDataException)
        {
            error = new UnreadableBody("The body is not valid gzip.");
        }
        catch
        {
            received.Dispose();
            throw;
        }
        received.Dispose();
        return error;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    /// <summary>False when there is more than may be.</summary>
    private async Task<bool> FillAsync(Stream from, CancellationToken cancellationToken)
    {
        for (int read; (read = await from.ReadAsync(_buffer.AsMemory(_length), cancellationToken)) > 0;)
        {
            _length += read;
            if (_length > IngestBody.MaxBytes) return false;
            if (_length == _buffer.Length) Grow();
        }
        return true;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
