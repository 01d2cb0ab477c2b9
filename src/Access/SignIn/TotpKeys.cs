using Microsoft.AspNetCore.DataProtection;

namespace AgentConsole.Access.SignIn;

/// <summary>Seals the keys of authenticator apps: a copy of the table alone makes no codes.</summary>
internal sealed class TotpKeys(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("AgentConsole.Members.TotpKey");

    public string Seal(string key) => _protector.Protect(key);

    public string Open(string sealedKey) => _protector.Unprotect(sealedKey);
}
