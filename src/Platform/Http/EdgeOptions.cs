using System.Net;

namespace AgentConsole.Platform.Http;

/// <summary>What comes in and goes out at most, and from whom.</summary>
public sealed record EdgeOptions
{
    /// <summary><c>Edges__RequestsPerKey</c>: requests a second of one API key or member, in bursts twice that; default 2000. Ingestion is not counted: its queue says when it is full.</summary>
    public int RequestsPerKey { get; init; } = 2000;
    /// <summary><c>Edges__RequestsPerAddress</c>: requests a second of one address (of IPv6: of one /64) without a known key, in bursts ten times that; default 100. Static files are not counted.</summary>
    public int RequestsPerAddress { get; init; } = 100;
    /// <summary><c>Edges__CircuitsPerMember</c>: consoles that one member has open at once; default 50.</summary>
    public int CircuitsPerMember { get; init; } = 50;
    /// <summary><c>Edges__CircuitsPerAddress</c>: consoles open at once from one address; default 500.</summary>
    public int CircuitsPerAddress { get; init; } = 500;
    /// <summary><c>Edges__BodyKilobytes</c>: the largest request body where an endpoint does not say otherwise, as ingestion and imports do; default 1024.</summary>
    public int BodyKilobytes { get; init; } = 1024;
    public long BodyBytes => BodyKilobytes * 1024L;
    /// <summary><c>Edges__TrustedProxies</c>: addresses or networks whose <c>X-Forwarded-For</c> and <c>-Proto</c> are believed, a comma list; default none.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
    /// <summary><c>Edges__OutboundAllow</c>: hosts, addresses and networks that may be called though they are not on the public internet, a comma list; default none.</summary>
    public IReadOnlySet<string> OutboundHosts { get; init; } = new HashSet<string>();
    public IReadOnlyList<IPNetwork> OutboundNetworks { get; init; } = [];

    public static EdgeOptions Read(Settings settings)
    {
        var defaults = new EdgeOptions();
        var (hosts, networks) = Outbound(settings);
        return new()
        {
            RequestsPerKey = settings.Number("Edges:RequestsPerKey", defaults.RequestsPerKey, 1, 1_000_000),
            RequestsPerAddress = settings.Number("Edges:RequestsPerAddress", defaults.RequestsPerAddress, 1, 100_000),
            CircuitsPerMember = settings.Number("Edges:CircuitsPerMember", defaults.CircuitsPerMember, 1, 10_000),
            CircuitsPerAddress = settings.Number("Edges:CircuitsPerAddress", defaults.CircuitsPerAddress, 1, 100_000),
            BodyKilobytes = settings.Number("Edges:BodyKilobytes", defaults.BodyKilobytes, 16, 100_000),
            TrustedProxies = [.. Items(settings, "Edges:TrustedProxies").Select(item => Network(item) ?? Fail(settings, item)).OfType<IPNetwork>()],
            OutboundHosts = hosts,
            OutboundNetworks = networks,
        };
    }

    private static (HashSet<string> Hosts, List<IPNetwork> Networks) Outbound(Settings settings)
    {
        var (hosts, networks) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new List<IPNetwork>());
        foreach (var item in Items(settings, "Edges:OutboundAllow"))
        {
            if (Network(item) is { } network) networks.Add(network);
            else if (Uri.CheckHostName(item) == UriHostNameType.Dns) hosts.Add(item);
            else settings.Fail("Edges:OutboundAllow", $"\"{item}\" is not a host, an address or a network such as 10.1.0.0/16");
        }
        return (hosts, networks);
    }

    private static string[] Items(Settings settings, string key) => settings.Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A network, or an address, which is one of its own.</summary>
    private static IPNetwork? Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) && address.ToString().Equals(text, StringComparison.OrdinalIgnoreCase) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static IPNetwork? Fail(Settings settings, string item)
    {
        settings.Fail("Edges:TrustedProxies", $"\"{item}\" is not an address or a network such as 10.1.0.0/16");
        return null;
    }
}
