using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Access.Audit;

/// <summary>
/// SHA-256 over the hash before and every field, each with its length before it, so that no two entries have the same bytes. Whoever it is for came later than the first
/// chains: where it is absent nothing is added for it, and they are still whole. One at a time: it writes into a buffer of its own.
/// </summary>
internal sealed class AuditHasher
{
    private const int MostBytesOfACharacter = 3;

    private byte[] _buffer = new byte[1024];
    private int _length;

    public byte[] Hash(AuditEntry entry)
    {
        _length = 0;
        Add(entry.PreviousHash);
        Span<byte> numbers = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(numbers, entry.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], entry.At.Ticks);
        Add(numbers);
        Add(entry.TenantId);
        Add(entry.Actor);
        Add(entry.Action);
        Add(entry.Subject);
        Add(entry.Before);
        Add(entry.After);
        Add(entry.Address);
        Add(entry.TraceId);
        if (entry.OnBehalfOf is not null) Add(entry.OnBehalfOf);
        return SHA256.HashData(_buffer.AsSpan(0, _length));
    }

    /// <summary>Null and empty differ: their lengths are -1 and 0.</summary>
    private void Add(string? text)
    {
        Reserve(4 + ((text?.Length ?? 0) * MostBytesOfACharacter));
        var bytes = text is null ? -1 : Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length + 4));
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), bytes);
        _length += 4 + Math.Max(bytes, 0);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(4 + bytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length + 4));
        _length += 4 + bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
    }
}
