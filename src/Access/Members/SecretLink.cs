using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Access.Members;

/// <summary>What a link or a cookie carries and only its hash is kept of: 256 random bits. The hash is of the purpose too, so that a secret made for one opens nothing of another.</summary>
internal static class SecretLink
{
    public const string Invitation = "invitation";
    public const string Reset = "password-reset";
    public const string Session = "session";

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string purpose, string secret) => SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}:{secret}"));
}
