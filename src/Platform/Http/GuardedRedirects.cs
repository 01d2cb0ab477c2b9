using System.Net;

namespace AgentConsole.Platform.Http;

/// <summary>Follows the redirects of a GET, each checked as the first address was; any other answer is the caller's. Of a request that sends something none is followed: it was meant for the one who was named.</summary>
internal sealed class GuardedRedirects(OutboundGuard guard) : DelegatingHandler
{
    private const int MaxRedirects = 3;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = request.RequestUri!;
        await CheckAsync(first, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        for (var followed = 0; Next(request, response) is { } next; followed++)
        {
            response.Dispose();
            if (followed == MaxRedirects) throw new OutboundRefusedException($"{first.IdnHost} redirects more than {MaxRedirects} times.");
            await CheckAsync(next, cancellationToken);
            // What was meant for one host is not told to another.
            if (next.Authority != request.RequestUri!.Authority || next.Scheme != request.RequestUri.Scheme) request.Headers.Clear();
            request.RequestUri = next;
            response = await base.SendAsync(request, cancellationToken);
        }
        return response;
    }

    private async Task CheckAsync(Uri address, CancellationToken cancellationToken)
    {
        var checked_ = await guard.CheckAsync(address, cancellationToken);
        if (!checked_.Ok) throw new OutboundRefusedException(checked_.Error.Message);
    }

    private static Uri? Next(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (request.Method != HttpMethod.Get || response.Headers.Location is not { } location) return null;
        return response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            ? new Uri(request.RequestUri!, location)
            : null;
    }
}
