using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Platform.Http;

/// <summary>The address is one that this server must not be made to call, or none at all.</summary>
public sealed record ForbiddenAddress(string Reason) : Error("forbidden_address", Reason);

/// <summary>How names become addresses; the tests have one that changes its mind.</summary>
public interface INameResolver
{
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>
/// Keeps calls that others chose the address of (webhooks, catalogues) out of this server's own network. An address is checked three times: when it is saved
/// (<see cref="CheckAsync"/>), when a connection is made, which goes to the very address that was checked, and at each redirect (<see cref="GuardedRedirects"/>). Every
/// client of <see cref="IHttpClientFactory"/> calls through it. See <c>docs/decisions/edges.md</c>.
/// </summary>
public sealed class OutboundGuard(EdgeOptions options, INameResolver names)
{
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLives = TimeSpan.FromMinutes(2);

    /// <summary>Whether the address may be called, as far as can be known now. Fails with <see cref="ForbiddenAddress"/>, whose sentence is for the person who typed it.</summary>
    public async Task<Result<Uri>> CheckAsync(string address, CancellationToken cancellationToken) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? await CheckAsync(uri, cancellationToken) : new ForbiddenAddress("This is not an address such as https://hooks.example.com/path.");

    public async Task<Result<Uri>> CheckAsync(Uri uri, CancellationToken cancellationToken)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)) return new ForbiddenAddress("Only http and https addresses can be called.");
        if (uri.UserInfo.Length > 0) return new ForbiddenAddress("An address must not carry a name or password.");
        if (IsOdd(uri)) return new ForbiddenAddress("The host is written in an odd way: write a name, or an IP address in its usual form.");
        try
        {
            await AllowedAsync(uri.IdnHost, cancellationToken);
            return uri;
        }
        catch (OutboundRefusedException refused)
        {
            return new ForbiddenAddress(refused.Message);
        }
        catch (SocketException)
        {
            return new ForbiddenAddress($"The name {uri.IdnHost} has no address.");
        }
    }

    /// <summary>For one <see cref="HttpClient"/>, which owns it.</summary>
    public HttpMessageHandler CreateHandler() => new GuardedRedirects(this)
    {
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectsWithin,
            PooledConnectionLifetime = ConnectionLives,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken),
        },
    };

    /// <summary>To an address that has just been checked, and not to the name, which may mean another a moment later.</summary>
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await AllowedAsync(target.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>All addresses of a host; one that is forbidden among them forbids the host.</summary>
    private async Task<IPAddress[]> AllowedAsync(string host, CancellationToken cancellationToken)
    {
        host = host.Trim('[', ']').TrimEnd('.');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await names.ResolveAsync(host, cancellationToken);
        if (addresses.Length == 0) throw new OutboundRefusedException($"The name {host} has no address.");
        if (options.OutboundHosts.Contains(host)) return addresses;
        foreach (var address in addresses)
            if (!PublicAddress.Is(address) && !options.OutboundNetworks.Any(network => Contains(network, address)))
                throw new OutboundRefusedException($"{host} is not on the public internet. An operator can allow it in Edges__OutboundAllow.");
        return addresses;
    }

    private static bool Contains(IPNetwork network, IPAddress address) =>
        network.Contains(address.IsIPv4MappedToIPv6 && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv4() : address);

    /// <summary>Numbers in place of a name, and not as an IPv4 address is written: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. What one program takes for a name another takes for an address.</summary>
    private static bool IsOdd(Uri uri)
    {
        var host = Uri.UnescapeDataString(Raw(uri.OriginalString)).TrimEnd('.');
        var last = host[(host.LastIndexOf('.') + 1)..];
        if (host.StartsWith('[') || last.Length == 0) return last.Length == 0;
        var numeric = last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit));
        return numeric && !(IPAddress.TryParse(host, out var address) && address.ToString() == host);
    }

    /// <summary>The host as it was typed: a <see cref="Uri"/> makes usual addresses of odd ones.</summary>
    private static string Raw(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = address.AsSpan(start).IndexOfAny('/', '?', '#') is >= 0 and var length ? start + length : address.Length;
        var authority = address[start..end];
        if (authority.StartsWith('[')) return authority;
        var colon = authority.LastIndexOf(':');
        return colon < 0 ? authority : authority[..colon];
    }
}

/// <summary>A connection or redirect that is not made; the message names the host, and no address of the network.</summary>
public sealed class OutboundRefusedException(string message) : HttpRequestException(message);

internal sealed class SystemNames : INameResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
