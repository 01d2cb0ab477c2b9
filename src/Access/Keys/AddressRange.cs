using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Access.Keys;

/// <summary>
/// Addresses as a person writes them: <c>203.0.113.7</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>. What could be read in two ways is refused: bits behind the mask,
/// leading zeros, short forms such as <c>10.1</c>, zones. An IPv4 address in IPv6 form is the IPv4 address, here and where it is compared.
/// </summary>
internal static class AddressRange
{
    private const int MappedBits = 96;

    public static bool TryParse(string text, out IPNetwork range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var written = slash < 0 ? text : text[..slash];
        if (!written.All(static letter => char.IsAsciiHexDigit(letter) || letter is '.' or ':') || !IPAddress.TryParse(written, out var address)) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != written) return false;
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || text[slash + 1] == '0' && text.Length > slash + 2)) return false;
        if (address.IsIPv4MappedToIPv6)
        {
            if (bits is < MappedBits or > 128) return false;
            (address, bits) = (address.MapToIPv4(), bits - MappedBits);
        }
        return IPNetwork.TryParse(string.Create(CultureInfo.InvariantCulture, $"{address}/{bits}"), out range) && range.BaseAddress.Equals(address);
    }

    public static bool Contains(this IReadOnlyList<IPNetwork> ranges, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var range in ranges)
            if (range.Contains(plain)) return true;
        return false;
    }
}
