using System.Globalization;

namespace AgentConsole.Shell;

/// <summary>How numbers, money and times are written, once for all pages.</summary>
public static class Format
{
    /// <summary>What is not known; never 0.</summary>
    public const string Unknown = "—";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>US dollars: <c>$1,234.56</c>; below a cent two significant digits, <c>$0.0048</c>.</summary>
    public static string Money(decimal usd)
    {
        var size = Math.Abs(usd);
        if (size == 0 || size >= 0.01m)
            return Sign(usd) + "$" + size.ToString("N2", Culture);
        var digits = 2;
        for (var scaled = size; scaled < 0.1m && digits < 12; scaled *= 10)
            digits++;
        return Sign(usd) + "$" + decimal.Round(size, digits).ToString($"F{digits}", Culture);
    }

    /// <summary>Every digit that is kept, at least cents.</summary>
    public static string MoneyExact(decimal usd) => Sign(usd) + "$" + Math.Abs(usd).ToString("#,0.00##########", Culture);

    /// <summary>For charts: <c>$12.3k</c>.</summary>
    public static string MoneyCompact(decimal usd) => Math.Abs(usd) switch
    {
        >= 1000 => Sign(usd) + "$" + Compact(Math.Abs((double)usd)),
        >= 100 => Sign(usd) + "$" + Math.Abs(usd).ToString("N0", Culture),
        _ => Money(usd),
    };

    public static string Count(long count) => count.ToString("N0", Culture);

    /// <summary><c>1.2M</c>; below ten thousand in full.</summary>
    public static string CountCompact(long count) => Math.Abs(count) < 10_000 ? Count(count) : Compact(count);

    /// <param name="share">1 is 100 %.</param>
    public static string Percent(double share) => Math.Abs(share) switch
    {
        0 => "0%",
        < 0.0001 => "<0.01%",
        < 0.01 => (share * 100).ToString("0.##", Culture) + "%",
        < 10 => (share * 100).ToString("0.#", Culture) + "%",
        _ => (share * 100).ToString("N0", Culture) + "%",
    };

    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        < 1000 => milliseconds.ToString("0", Culture) + " ms",
        < 60_000 => (milliseconds / 1000).ToString("0.00", Culture) + " s",
        _ => $"{(int)(milliseconds / 60_000)} min {(int)(milliseconds % 60_000 / 1000)} s",
    };

    public static string TokensPerSecond(double speed) => speed.ToString(speed < 10 ? "0.0" : "N0", Culture) + " tok/s";

    /// <summary>The two largest units: <c>3 h 12 min</c>.</summary>
    public static string Duration(TimeSpan length) => length.TotalSeconds switch
    {
        < 60 => $"{(int)length.TotalSeconds} s",
        < 3600 => $"{length.Minutes} min {length.Seconds} s",
        < 86_400 => $"{length.Hours} h {length.Minutes} min",
        _ => $"{(int)length.TotalDays} d {length.Hours} h",
    };

    /// <summary><c>64 KB</c>, <c>1.2 MB</c>; 1 KB is 1,024 bytes.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{Count(bytes)} bytes",
        < 1024 * 1024 => Digits(bytes / 1024d) + " KB",
        < 1024L * 1024 * 1024 => Digits(bytes / (1024d * 1024)) + " MB",
        _ => Digits(bytes / (1024d * 1024 * 1024)) + " GB",
    };

    public static string DateTime(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone).ToString("yyyy-MM-dd HH:mm:ss", Culture);

    /// <summary>Where seconds would say more than is known.</summary>
    public static string Minute(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone).ToString("yyyy-MM-dd HH:mm", Culture);

    public static string Time(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone).ToString("HH:mm:ss", Culture);

    public static string Date(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone).ToString("yyyy-MM-dd", Culture);

    /// <summary>To the millisecond and with the offset, for the hover.</summary>
    public static string TimeExact(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone).ToString("yyyy-MM-dd HH:mm:ss.fff zzz", Culture);

    /// <summary>ISO 8601 for URLs and the API.</summary>
    public static string Iso(DateTimeOffset at) =>
        at.Offset == TimeSpan.Zero ? at.ToString("yyyy-MM-ddTHH:mm:ssZ", Culture) : at.ToString("yyyy-MM-ddTHH:mm:sszzz", Culture);

    /// <summary><c>UTC</c>, or the city and today's offset: <c>Kathmandu +05:45</c>.</summary>
    public static string Zone(TimeZoneInfo zone, DateTimeOffset at)
    {
        if (zone.Id is "UTC" or "Etc/UTC")
            return "UTC";
        var city = zone.Id[(zone.Id.LastIndexOf('/') + 1)..].Replace('_', ' ');
        return $"{city} {Local(at, zone).ToString("zzz", Culture)}";
    }

    public static string Ago(TimeSpan age) => age.TotalSeconds switch
    {
        < 5 => "now",
        < 60 => $"{(int)age.TotalSeconds} s ago",
        < 3600 => $"{(int)age.TotalMinutes} min ago",
        < 86_400 => $"{(int)age.TotalHours} h ago",
        _ => $"{(int)age.TotalDays} d ago",
    };

    /// <summary>Cut in the middle, where names differ least: <c>claude-son…0250929</c>.</summary>
    public static string Middle(string name, int length)
    {
        if (name.Length <= length)
            return name;
        var head = (length - 1 + 1) / 2;
        return string.Concat(name.AsSpan(0, head), "…", name.AsSpan(name.Length - (length - 1 - head)));
    }

    private static string Sign(decimal value) => value < 0 ? "−" : "";

    private static DateTimeOffset Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone);

    private static string Compact(double value) => Math.Abs(value) switch
    {
        >= 999_500_000 => Digits(value / 1e9) + "B",
        >= 999_500 => Digits(value / 1e6) + "M",
        >= 1000 => Digits(value / 1e3) + "k",
        _ => value.ToString("0", Culture),
    };

    private static string Digits(double value) => value.ToString(Math.Abs(value) >= 99.95 ? "0" : "0.#", Culture);
}
