using System.Text;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// A QR code (ISO/IEC 18004): bytes, error correction M, versions 1 to 10, which is up to 213 bytes. 1. The text becomes codewords, padded; 2. each block gets its Reed-Solomon
/// remainder, and blocks are interleaved; 3. the fixed patterns are drawn; 4. the codewords fill the rest in a zigzag; 5. the mask with the least penalty is laid over it.
/// </summary>
internal sealed class QrMatrix
{
    private static readonly int[] CheckwordsPerBlock = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
    private static readonly int[] Blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];

    private readonly int _version;
    private readonly bool[,] _dark;
    private readonly bool[,] _fixed;

    private QrMatrix(int version)
    {
        _version = version;
        Size = version * 4 + 17;
        (_dark, _fixed) = (new bool[Size, Size], new bool[Size, Size]);
    }

    /// <summary>Modules on a side, without the quiet zone of four around it.</summary>
    public int Size { get; }

    public bool IsDark(int x, int y) => _dark[x, y];

    public static QrMatrix Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var version = Enumerable.Range(1, Blocks.Length).First(candidate => HeaderBits(candidate) + bytes.Length * 8 <= DataCodewords(candidate) * 8);
        var matrix = new QrMatrix(version);
        matrix.DrawFixed();
        matrix.DrawCodewords(Interleave(Codewords(bytes, version), version));
        matrix.DrawBestMask();
        return matrix;
    }

    private static int HeaderBits(int version) => 4 + (version < 10 ? 8 : 16);

    private static int RawCodewords(int version)
    {
        var modules = (16 * version + 128) * version + 64;
        if (version >= 2)
        {
            var alignments = version / 7 + 2;
            modules -= (25 * alignments - 10) * alignments - 55 + (version >= 7 ? 36 : 0);
        }
        return modules / 8;
    }

    private static int DataCodewords(int version) => RawCodewords(version) - CheckwordsPerBlock[version - 1] * Blocks[version - 1];

    private static byte[] Codewords(byte[] text, int version)
    {
        var bits = new List<bool>();
        void Append(int value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--) bits.Add((value >> bit & 1) != 0);
        }
        Append(0b0100, 4);
        Append(text.Length, HeaderBits(version) - 4);
        foreach (var one in text) Append(one, 8);
        var capacity = DataCodewords(version) * 8;
        Append(0, Math.Min(4, capacity - bits.Count));
        Append(0, (8 - bits.Count % 8) % 8);
        for (var pad = 0xEC; bits.Count < capacity; pad ^= 0xEC ^ 0x11) Append(pad, 8);
        return [.. bits.Chunk(8).Select(static chunk => (byte)chunk.Aggregate(0, static (value, bit) => value << 1 | (bit ? 1 : 0)))];
    }

    /// <summary>First the short blocks, then those with one more; codewords of all blocks by turns, then their checkwords.</summary>
    private static byte[] Interleave(byte[] data, int version)
    {
        var (count, checks) = (Blocks[version - 1], CheckwordsPerBlock[version - 1]);
        var divisor = Divisor(checks);
        var shortLength = data.Length / count;
        var blocks = new List<byte[]>();
        for (int index = 0, at = 0; index < count; index++)
        {
            var length = shortLength + (index < count - data.Length % count ? 0 : 1);
            blocks.Add(data[at..(at + length)]);
            at += length;
        }
        var remainders = blocks.ConvertAll(block => Remainder(block, divisor));
        var dataPart = Enumerable.Range(0, shortLength + 1).SelectMany(index => blocks.Where(block => index < block.Length).Select(block => block[index]));
        return [.. dataPart, .. Enumerable.Range(0, checks).SelectMany(index => remainders.Select(remainder => remainder[index]))];
    }

    private static byte[] Divisor(int degree)
    {
        var result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (var round = 0; round < degree; round++)
        {
            for (var index = 0; index < degree; index++)
                result[index] = (byte)(Multiply(result[index], root) ^ (index + 1 < degree ? result[index + 1] : 0));
            root = Multiply(root, 2);
        }
        return result;
    }

    private static byte[] Remainder(byte[] data, byte[] divisor)
    {
        var result = new byte[divisor.Length];
        foreach (var one in data)
        {
            var factor = (byte)(one ^ result[0]);
            result.AsSpan(1).CopyTo(result);
            result[^1] = 0;
            for (var index = 0; index < result.Length; index++) result[index] ^= Multiply(divisor[index], factor);
        }
        return result;
    }

    /// <summary>In GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1.</summary>
    private static byte Multiply(byte a, byte b)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--) product = product << 1 ^ (product >> 7) * 0x11D ^ (b >> bit & 1) * a;
        return (byte)product;
    }

    private void DrawFixed()
    {
        for (var index = 0; index < Size; index++)
        {
            Set(6, index, index % 2 == 0);
            Set(index, 6, index % 2 == 0);
        }
        DrawFinder(3, 3);
        DrawFinder(Size - 4, 3);
        DrawFinder(3, Size - 4);
        var places = Alignments();
        foreach (var x in places)
            foreach (var y in places)
                if (!((x == 6 && y == 6) || (x == 6 && y == Size - 7) || (x == Size - 7 && y == 6))) DrawSquare(x, y, 2, static ring => ring != 1);
        DrawFormat(0);
        DrawVersion();
    }

    private void DrawFinder(int x, int y) => DrawSquare(x, y, 4, static ring => ring is not (2 or 4));

    private void DrawSquare(int x, int y, int radius, Func<int, bool> isDark)
    {
        for (var dy = -radius; dy <= radius; dy++)
            for (var dx = -radius; dx <= radius; dx++)
                if (x + dx >= 0 && x + dx < Size && y + dy >= 0 && y + dy < Size) Set(x + dx, y + dy, isDark(Math.Max(Math.Abs(dx), Math.Abs(dy))));
    }

    private int[] Alignments()
    {
        if (_version == 1) return [];
        var count = _version / 7 + 2;
        var step = (_version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
        return [6, .. Enumerable.Range(0, count - 1).Select(index => Size - 7 - index * step)];
    }

    /// <summary>Error correction M, whose two bits are 00, and the mask, with their own check bits; twice.</summary>
    private void DrawFormat(int mask)
    {
        var remainder = mask;
        for (var round = 0; round < 10; round++) remainder = remainder << 1 ^ (remainder >> 9) * 0x537;
        var bits = (mask << 10 | remainder) ^ 0x5412;
        bool Bit(int index) => (bits >> index & 1) != 0;
        for (var index = 0; index <= 5; index++) Set(8, index, Bit(index));
        Set(8, 7, Bit(6));
        Set(8, 8, Bit(7));
        Set(7, 8, Bit(8));
        for (var index = 9; index < 15; index++) Set(14 - index, 8, Bit(index));
        for (var index = 0; index < 8; index++) Set(Size - 1 - index, 8, Bit(index));
        for (var index = 8; index < 15; index++) Set(8, Size - 15 + index, Bit(index));
        Set(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        if (_version < 7) return;
        var remainder = _version;
        for (var round = 0; round < 12; round++) remainder = remainder << 1 ^ (remainder >> 11) * 0x1F25;
        var bits = _version << 12 | remainder;
        for (var index = 0; index < 18; index++)
        {
            var (a, b) = (Size - 11 + index % 3, index / 3);
            Set(a, b, (bits >> index & 1) != 0);
            Set(b, a, (bits >> index & 1) != 0);
        }
    }

    /// <summary>Two columns at a time from the right, up and down by turns, around what is fixed and past the timing column.</summary>
    private void DrawCodewords(byte[] codewords)
    {
        var at = 0;
        for (var right = Size - 1; right >= 1; right -= 2)
        {
            if (right == 6) right = 5;
            var upward = (right + 1 & 2) == 0;
            for (var step = 0; step < Size; step++)
                for (var column = 0; column < 2; column++)
                {
                    var (x, y) = (right - column, upward ? Size - 1 - step : step);
                    if (_fixed[x, y] || at >= codewords.Length * 8) continue;
                    _dark[x, y] = (codewords[at >> 3] >> (7 - (at & 7)) & 1) != 0;
                    at++;
                }
        }
    }

    private void DrawBestMask()
    {
        var best = Enumerable.Range(0, 8).MinBy(mask =>
        {
            Lay(mask);
            var penalty = QrPenalty.Of(this);
            ApplyMask(mask);
            return penalty;
        });
        Lay(best);
    }

    private void Lay(int mask)
    {
        ApplyMask(mask);
        DrawFormat(mask);
    }

    /// <summary>Its own inverse.</summary>
    private void ApplyMask(int mask)
    {
        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
                if (!_fixed[x, y]) _dark[x, y] ^= mask switch
                {
                    0 => (x + y) % 2 == 0,
                    1 => y % 2 == 0,
                    2 => x % 3 == 0,
                    3 => (x + y) % 3 == 0,
                    4 => (x / 3 + y / 2) % 2 == 0,
                    5 => x * y % 2 + x * y % 3 == 0,
                    6 => (x * y % 2 + x * y % 3) % 2 == 0,
                    _ => ((x + y) % 2 + x * y % 3) % 2 == 0,
                };
    }

    private void Set(int x, int y, bool isDark) => (_dark[x, y], _fixed[x, y]) = (isDark, true);
}
