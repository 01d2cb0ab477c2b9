using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AgentConsole.Access.SignIn;

/// <summary>Codes by time, RFC 6238: HMAC-SHA1, 30 seconds, six digits, which every authenticator app knows.</summary>
internal static class Totp
{
    private const int KeyBytes = 20;
    private const int StepSeconds = 30;
    /// <summary>Clocks differ: a code of the step before and after is taken too.</summary>
    private const int Tolerance = 1;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>In base 32.</summary>
    public static string NewKey() => Encode(RandomNumberGenerator.GetBytes(KeyBytes));

    public static bool IsKey(string text) => text.Length == KeyBytes * 8 / 5 && text.All(static character => Alphabet.Contains(character, StringComparison.Ordinal));

    /// <summary>What an authenticator app reads from the picture.</summary>
    public static string Uri(string key, string account) =>
        $"otpauth://totp/Agent%20Console:{System.Uri.EscapeDataString(account)}?secret={key}&issuer=Agent%20Console";

    /// <summary>The step whose code it is; null for a wrong one.</summary>
    public static long? FindStep(string key, string code, DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        for (var step = current - Tolerance; step <= current + Tolerance; step++)
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(CodeAt(key, step)), System.Text.Encoding.ASCII.GetBytes(code))) return step;
        return null;
    }

    public static string CodeAt(string key, DateTimeOffset at) => CodeAt(key, at.ToUnixTimeSeconds() / StepSeconds);

    private static string CodeAt(string key, long step)
    {
        Span<byte> message = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
#pragma warning disable CA5350 // The RFC's choice, and the only one that all apps know.
        var hash = HMACSHA1.HashData(Decode(key), message);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Five bits to a letter; whole groups of five bytes only.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length * 8 / 5];
        for (var index = 0; index < text.Length; index++)
        {
            var bit = index * 5;
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text[index] = Alphabet[(pair >> (11 - bit % 8)) & 31];
        }
        return new(text);
    }

    private static byte[] Decode(string text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        for (var index = 0; index < text.Length; index++)
        {
            var value = Alphabet.IndexOf(text[index], StringComparison.Ordinal);
            var bit = index * 5;
            var shifted = value << (11 - bit % 8);
            bytes[bit / 8] |= (byte)(shifted >> 8);
            if (bit / 8 + 1 < bytes.Length) bytes[bit / 8 + 1] |= (byte)shifted;
        }
        return bytes;
    }
}
