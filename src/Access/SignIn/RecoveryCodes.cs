using System.Security.Cryptography;
using AgentConsole.Access.Members;

namespace AgentConsole.Access.SignIn;

/// <summary>Codes on paper for the day the phone is lost: 80 random bits each, good once, kept as hashes.</summary>
internal static class RecoveryCodes
{
    private const int Count = 8;
    private const int Bytes = 10;

    public static string[] New() =>
        [.. Enumerable.Range(0, Count).Select(static _ => string.Join('-', Totp.Encode(RandomNumberGenerator.GetBytes(Bytes)).Chunk(4).Select(static part => new string(part))))];

    public static byte[] Hash(Guid member, string code) => SecretLink.Hash($"recovery:{member}", new string([.. code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]));
}
