using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Platform.Http;

namespace AgentConsole.Notify.Sending;

/// <summary>Calls webhooks, signed ones and those that speak as Slack's do. No redirect is followed, and of the answer only the status is read.</summary>
internal sealed class CallHook(IHttpClientFactory clients, NotifyOptions options, TimeProvider time)
{
    /// <summary>A client that writes no log: the address is often a secret.</summary>
    public const string ClientName = "notify";

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <param name="secrets">None: it is not signed.</param>
    public async Task<Outcome> SignedAsync(Sealed delivery, string address, IEnumerable<string> secrets, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        var body = new JsonObject
        {
            ["type"] = message.Type,
            ["timestamp"] = delivery.CreatedAt.ToString("O"),
            ["data"] = new JsonObject
            {
                ["tenant"] = delivery.Tenant,
                ["title"] = message.Title,
                ["text"] = message.Text,
                ["link"] = Link(message),
                ["details"] = message.Data.DeepClone(),
            },
        }.ToJsonString(JsonSerializerOptions.Web);
        using var request = Request(address, body);
        StandardWebhook.Sign(request.Headers, delivery.WebhookId, time.GetUtcNow(), body, secrets);
        return await SendAsync(request, cancellationToken);
    }

    public async Task<Outcome> SlackAsync(Sealed delivery, string address, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        var facts = string.Concat(message.Facts.Select(static fact => $"\n• {Escape(fact.Name)}: {Escape(fact.Value)}"));
        using var request = Request(address, new JsonObject { ["text"] = $"*{Escape(message.Title)}*\n{Escape(message.Text)}{facts}\n<{Link(message)}|Open in the console>" }.ToJsonString(JsonSerializerOptions.Web));
        return await SendAsync(request, cancellationToken);
    }

    private string Link(Message message) => new Uri(options.ConsoleAddress, message.Link).AbsoluteUri;

    private static HttpRequestMessage Request(string address, string body) => new(HttpMethod.Post, address)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { { "User-Agent", "agent-console" } },
    };

    /// <summary>The three characters that Slack reads as its own.</summary>
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private async Task<Outcome> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            if (response.IsSuccessStatusCode) return new(status, null);
            if (response.StatusCode == HttpStatusCode.Gone) return new(status, "It answered 410: it wants no more messages.", IsFinal: true);
            return new(status, status is >= 300 and < 400 ? $"It answered {status}: redirects are not followed." : $"It answered {status}.", RetryAfter: RetryAfter(response));
        }
        catch (OutboundRefusedException refused)
        {
            return new(null, refused.Message);
        }
        catch (HttpRequestException error)
        {
            return new(null, Words(error.HttpRequestError));
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - time.GetUtcNow();
        return asked > LongestRetryAfter ? LongestRetryAfter : asked;
    }

    /// <summary>What went wrong, and no text of an exception.</summary>
    private static string Words(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "Its name has no address.",
        HttpRequestError.ConnectionError => "It took no connection.",
        HttpRequestError.SecureConnectionError => "Its certificate is not good, or it speaks no TLS.",
        HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "It did not answer as HTTP does.",
        _ => "It could not be reached.",
    };
}
