using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Notify.Sending;

/// <summary>The headers of Standard Webhooks (standardwebhooks.com): a stable id, when this attempt was made, and a signature by each secret that holds.</summary>
internal static class StandardWebhook
{
    public static void Sign(HttpRequestHeaders headers, string id, DateTimeOffset at, string body, IEnumerable<string> secrets)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        headers.Add("webhook-id", id);
        headers.Add("webhook-timestamp", timestamp);
        headers.Add("webhook-signature", string.Join(' ', secrets.Select(secret => Signature(id, timestamp, body, secret))));
    }

    public static string Signature(string id, string timestamp, string body, string secret) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(ChannelSeal.KeyOf(secret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
}
