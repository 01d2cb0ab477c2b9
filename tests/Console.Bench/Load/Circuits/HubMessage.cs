using System.Buffers.Binary;
using System.Text;

namespace AgentConsole.Bench.Load.Circuits;

/// <summary>A message of SignalR in "blazorpack", which is MessagePack with a length before each message: only what a circuit says.</summary>
/// <param name="Target">The method called; null for what is no call.</param>
/// <param name="Arguments">Numbers as long, texts as string, bytes as memory of what was received, truths as bool, nothing as null.</param>
internal sealed record HubMessage(HubMessageKind Kind, string? Target, IReadOnlyList<object?> Arguments)
{
    /// <param name="invocation">Named when an answer is wanted.</param>
    public static byte[] Call(string? invocation, string target, params ReadOnlySpan<object?> arguments)
    {
        var body = new PackWriter();
        body.Array(6);
        body.Number((int)HubMessageKind.Call);
        body.Map();
        body.Value(invocation);
        body.Value(target);
        body.Array(arguments.Length);
        foreach (var argument in arguments) body.Value(argument);
        body.Array(0);
        return body.Framed();
    }

    public static byte[] Ping()
    {
        var body = new PackWriter();
        body.Array(1);
        body.Number((int)HubMessageKind.Ping);
        return body.Framed();
    }

    /// <summary>Every message of what came in one piece.</summary>
    public static IEnumerable<HubMessage> ReadAll(ReadOnlyMemory<byte> received)
    {
        while (received.Length > 0)
        {
            var (length, prefix) = Length(received.Span);
            yield return Read(received.Slice(prefix, length));
            received = received[(prefix + length)..];
        }
    }

    private static HubMessage Read(ReadOnlyMemory<byte> body)
    {
        var parts = (List<object?>)new PackReader(body).Value()!;
        var kind = (HubMessageKind)(long)parts[0]!;
        return kind switch
        {
            HubMessageKind.Call => new(kind, (string?)parts[3], (List<object?>)parts[4]!),
            HubMessageKind.Answer => new(kind, null, parts.Count > 4 ? [parts[4]] : []),
            HubMessageKind.Close => new(kind, null, parts.Count > 1 ? [parts[1]] : []),
            _ => new(kind, null, []),
        };
    }

    private static (int Length, int Prefix) Length(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var index = 0; ; index++)
        {
            length |= (bytes[index] & 0x7f) << (7 * index);
            if (bytes[index] < 0x80) return (length, index + 1);
        }
    }

    private sealed class PackWriter
    {
        private readonly MemoryStream _body = new();

        public void Array(int count)
        {
            if (count > 15) throw new ArgumentOutOfRangeException(nameof(count));
            _body.WriteByte((byte)(0x90 | count));
        }

        public void Map() => _body.WriteByte(0x80);

        public void Number(long value)
        {
            Span<byte> bytes = stackalloc byte[9];
            bytes[0] = 0xd3;
            BinaryPrimitives.WriteInt64BigEndian(bytes[1..], value);
            if (value is >= 0 and < 128) _body.WriteByte((byte)value);
            else _body.Write(bytes);
        }

        public void Value(object? value)
        {
            switch (value)
            {
                case null: _body.WriteByte(0xc0); break;
                case bool truth: _body.WriteByte(truth ? (byte)0xc3 : (byte)0xc2); break;
                case long number: Number(number); break;
                case string text: Text(text); break;
                default: throw new ArgumentOutOfRangeException(nameof(value));
            }
        }

        public byte[] Framed()
        {
            var (body, framed) = (_body.ToArray(), new MemoryStream());
            var length = (uint)body.Length;
            for (; length > 0x7f; length >>= 7) framed.WriteByte((byte)(length | 0x80));
            framed.WriteByte((byte)length);
            framed.Write(body);
            return framed.ToArray();
        }

        private void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> head = stackalloc byte[5];
            head[0] = 0xdb;
            BinaryPrimitives.WriteInt32BigEndian(head[1..], bytes.Length);
            _body.Write(head);
            _body.Write(bytes);
        }
    }

    private sealed class PackReader(ReadOnlyMemory<byte> body)
    {
        private int _at;

        public object? Value()
        {
            var head = body.Span[_at++];
            return head switch
            {
                < 0x80 => (long)head,
                < 0x90 => Pairs(head & 0x0f),
                < 0xa0 => Items(head & 0x0f),
                < 0xc0 => Text(head & 0x1f),
                0xc0 => null,
                0xc2 => false,
                0xc3 => true,
                0xc4 => Bytes(Take(1)[0]),
                0xc5 => Bytes(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
                0xc6 => Bytes(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
                0xca => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
                0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
                0xcc => (long)Take(1)[0],
                0xcd => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
                0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
                0xcf or 0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
                0xd0 => (long)(sbyte)Take(1)[0],
                0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
                0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
                0xd9 => Text(Take(1)[0]),
                0xda => Text(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
                0xdb => Text(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
                0xdc => Items(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
                0xde => Pairs(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
                >= 0xe0 => (long)(sbyte)head,
                _ => throw new InvalidDataException($"MessagePack 0x{head:x2} is none that a circuit sends."),
            };
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            _at += count;
            return body.Span.Slice(_at - count, count);
        }

        private ReadOnlyMemory<byte> Bytes(int length)
        {
            _at += length;
            return body.Slice(_at - length, length);
        }

        private string Text(int length) => Encoding.UTF8.GetString(Take(length));

        private List<object?> Items(int count)
        {
            var items = new List<object?>(count);
            for (var index = 0; index < count; index++) items.Add(Value());
            return items;
        }

        private object? Pairs(int count)
        {
            for (var index = 0; index < 2 * count; index++) Value();
            return null;
        }
    }
}

internal enum HubMessageKind { Call = 1, Answer = 3, Ping = 6, Close = 7 }
