using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.RateLimiting;

namespace AgentConsole.Platform.Http;

/// <summary>Said of endpoints that answer 429 by themselves when they are full: requests with a known key are not counted there.</summary>
public sealed class HasOwnBackPressure;

/// <summary>How many requests a second a key may send, and an address without a key; the rest is answered 429 with the time to wait.</summary>
internal static class RequestRates
{
    private const int KeyBurst = 2;
    private const int AddressBurst = 10;

    /// <summary>Of an IPv6 address: what one customer of a provider is given.</summary>
    private const int NetworkBytes = 8;

    public static void Configure(RateLimiterOptions limiter, EdgeOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = static (rejected, _) => AnswerAsync(rejected);
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, options));
    }

    internal static string Network(IPAddress? address)
    {
        if (address is null) return "none";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes).ToString();
    }

    private static RateLimitPartition<string> Partition(HttpContext context, EdgeOptions options)
    {
        // The page that tells of a refusal is part of the request that was refused.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null) return RateLimitPartition.GetNoLimiter("");
        if (context.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } name)
            return Bucket($"address {Network(context.Connection.RemoteIpAddress)}", options.RequestsPerAddress, AddressBurst);
        return context.GetEndpoint()?.Metadata.GetMetadata<HasOwnBackPressure>() is not null ? RateLimitPartition.GetNoLimiter("") : Bucket($"key {name}", options.RequestsPerKey, KeyBurst);
    }

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
    {
        TokenLimit = perSecond * burst,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    private static async ValueTask AnswerAsync(OnRejectedContext rejected)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known) && known > TimeSpan.FromSeconds(1) ? known : TimeSpan.FromSeconds(1);
        await Problems.AnswerAsync(rejected.HttpContext, "too_many_requests", "There were too many requests. Wait a moment and try again.", StatusCodes.Status429TooManyRequests, wait);
    }
}
