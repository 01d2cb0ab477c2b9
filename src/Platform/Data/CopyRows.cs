using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace AgentConsole.Platform.Data;

/// <summary>
/// Rows for a binary COPY, encoded into one buffer, which goes to the server when it is full: a value costs a fraction of what a call of the driver per value does.
/// The form is of PostgreSQL's manual (COPY, Binary Format): big-endian, the length before each value, -1 for null.
/// </summary>
internal sealed class CopyRows : IAsyncDisposable
{
    private const int Full = 128 * 1024;
    private const int TextOid = 25;
    private const byte JsonbVersion = 1;

    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    /// <summary>Half of a surrogate pair is an error, never a question mark in the ledger.</summary>
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(2 * Full);
    private int _length;
    private bool _completed;

    private CopyRows(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        Header.CopyTo(Take(Header.Length));
    }

    /// <summary>The signature, no flags, no extension.</summary>
    private static ReadOnlySpan<byte> Header => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static async Task<CopyRows> BeginAsync(NpgsqlConnection connection, string copyFromStandardInput, CancellationToken cancellationToken) =>
        new(await connection.BeginRawBinaryCopyAsync(copyFromStandardInput, cancellationToken));

    /// <summary>To be called before each row; what has gathered goes out when it is much.</summary>
    public ValueTask StartRowAsync(short columns, CancellationToken cancellationToken)
    {
        if (_length >= Full) return SendThenStartAsync(columns, cancellationToken);
        WriteInt16(columns);
        return ValueTask.CompletedTask;
    }

    public void Text(string? value)
    {
        if (value is null) Null();
        else WriteText(value, 0);
    }

    public void Jsonb(string? value)
    {
        if (value is null) Null();
        else WriteText(value, 1)[0] = JsonbVersion;
    }

    public void TextArray(string[] values)
    {
        var start = _length;
        Take(sizeof(int));
        WriteInt32(values.Length == 0 ? 0 : 1);
        WriteInt32(0);
        WriteInt32(TextOid);
        if (values.Length > 0)
        {
            WriteInt32(values.Length);
            WriteInt32(1);
            foreach (var value in values) Text(value);
        }
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(start), _length - start - sizeof(int));
    }

    public void Boolean(bool value)
    {
        WriteInt32(1);
        Take(1)[0] = value ? (byte)1 : (byte)0;
    }

    public void Int16(short value)
    {
        WriteInt32(sizeof(short));
        WriteInt16(value);
    }

    public void Int32(int? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }
        WriteInt32(sizeof(int));
        WriteInt32(number);
    }

    public void Int64(long value)
    {
        WriteInt32(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
    }

    /// <summary>To the microsecond below.</summary>
    public void Time(DateTimeOffset value) => Int64((value.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond);

    /// <summary>Digits of base 10,000, with the point between two of them: the fraction is filled up with zeros to whole digits first.</summary>
    public void Decimal(decimal? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        var left = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var fraction = (number.Scale + 3) / 4;
        left *= (fraction * 4 - number.Scale) switch { 1 => 10, 2 => 100, 3 => 1000, _ => (uint)1 };

        // 2^96 times 1,000 is less than 10,000^10.
        Span<short> digits = stackalloc short[10];
        var first = digits.Length;
        while (left > ulong.MaxValue)
        {
            (left, var digit) = UInt128.DivRem(left, 10_000);
            digits[--first] = (short)digit;
        }
        for (var rest = (ulong)left; rest != 0; rest /= 10_000) digits[--first] = (short)(rest % 10_000);
        digits = digits[first..];

        WriteInt32((4 + digits.Length) * sizeof(short));
        WriteInt16((short)digits.Length);
        WriteInt16((short)(digits.Length - fraction - 1));
        WriteInt16(number < 0 ? (short)0x4000 : (short)0);
        WriteInt16(number.Scale);
        foreach (var digit in digits) WriteInt16(digit);
    }

    /// <summary>Ends the COPY: without it, nothing of it stays.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        WriteInt16(-1);
        await SendAsync(cancellationToken);
        // From here on it is the server's to say.
        _completed = true;
        await _stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_completed) await _stream.CancelAsync();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask SendThenStartAsync(short columns, CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        WriteInt16(columns);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        _length = 0;
    }

    private void Null() => WriteInt32(-1);

    private void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    private void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    /// <summary>A length, some bytes that the caller fills, and the text.</summary>
    private Span<byte> WriteText(string value, int before)
    {
        var start = _length;
        Reserve(sizeof(int) + before + Utf8.GetMaxByteCount(value.Length));
        var bytes = Utf8.GetBytes(value, _buffer.AsSpan(start + sizeof(int) + before));
        WriteInt32(before + bytes);
        return Take(before + bytes);
    }

    private Span<byte> Take(int bytes)
    {
        Reserve(bytes);
        _length += bytes;
        return _buffer.AsSpan(_length - bytes, bytes);
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
