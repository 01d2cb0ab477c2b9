using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Access.Keys;

/// <summary>
/// An API key: <c>ac_</c>, an id that is no secret (12), an underscore, 190 random bits (32) and a checksum (6), in letters and digits.
/// Whoever scans for leaked keys can tell one from other text, and a mistyped one is refused without a look into the store's keys.
/// </summary>
internal readonly record struct KeySecret(string Id, string Text)
{
    public const string Mark = "ac_";
    public const int IdLength = 12;
    private const int RandomLength = 32;
    private const int CheckLength = 6;
    private const int BodyLength = 3 + IdLength + 1 + RandomLength;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static KeySecret New() => New(RandomNumberGenerator.GetString(Alphabet, IdLength));

    internal static KeySecret New(string id)
    {
        var body = $"{Mark}{id}_{RandomNumberGenerator.GetString(Alphabet, RandomLength)}";
        return new(id, body + Check(body));
    }

    /// <summary>What of a key may be shown and logged.</summary>
    public static string Prefix(string id) => Mark + id;

    /// <summary>The id in a key; null when the text is none, or a mistyped one.</summary>
    public static string? IdOf(string text)
    {
        if (text.Length != BodyLength + CheckLength || !text.StartsWith(Mark, StringComparison.Ordinal) || text[Mark.Length + IdLength] != '_') return null;
        return text.AsSpan(BodyLength).SequenceEqual(Check(text[..BodyLength])) ? text.Substring(Mark.Length, IdLength) : null;
    }

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Check(string body)
    {
        var rest = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        return string.Create(CheckLength, rest, static (text, value) =>
        {
            for (var index = text.Length - 1; index >= 0; index--, value /= 62) text[index] = Alphabet[(int)(value % 62)];
        });
    }

    /// <summary>Never the secret by accident.</summary>
    public override string ToString() => Prefix(Id);
}
