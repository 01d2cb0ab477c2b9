namespace AgentConsole.Shell;

/// <summary>What a page may load: our own files, and no inline script.</summary>
public static class ContentPolicy
{
    /// <summary>Styles may be inline: ApexCharts and Radzen set them on elements. The socket of the circuit is covered by connect-src 'self'.</summary>
    private const string Value =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Value;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
    }
}
