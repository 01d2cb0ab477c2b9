using System.Security.Cryptography;

namespace AgentConsole.Shell;

/// <summary>What a page may load: our own files, no inline script, and no style sheet that somebody slips in.</summary>
public static class ContentPolicy
{
    /// <summary>
    /// ApexCharts and Radzen set styles on elements, which is all that may be inline; a style sheet of ApexCharts' own bears the document's nonce. The socket of the circuit is
    /// covered by connect-src 'self'.
    /// </summary>
    private const string Start =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; style-src-elem 'self' 'nonce-";

    private const int NonceBytes = 18;
    private static readonly object NonceKey = new();

    /// <summary>Of the document that answers this request.</summary>
    public static string? Nonce(HttpContext context) => context.Items[NonceKey] as string;

    public static void Apply(HttpContext context)
    {
        var nonce = Nonce(context) ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        context.Items[NonceKey] = nonce;
        context.Response.Headers.ContentSecurityPolicy = $"{Start}{nonce}'";
    }
}
