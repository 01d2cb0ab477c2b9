using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace AgentConsole.Notify;

/// <summary>Seals where channels lead and what they are signed with: a copy of the table alone reaches nobody and signs nothing.</summary>
internal sealed class ChannelSeal(IDataProtectionProvider protection)
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    private readonly IDataProtector _protector = protection.CreateProtector("AgentConsole.Notify.Channels");

    public string Close(string text) => _protector.Protect(text);

    public string Open(string sealedText) => _protector.Unprotect(sealedText);

    /// <summary>As Standard Webhooks writes one.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The bytes that sign.</summary>
    public static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[Prefix.Length..]);
}
