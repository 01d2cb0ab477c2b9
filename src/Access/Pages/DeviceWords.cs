namespace AgentConsole.Access.Pages;

/// <summary>What a browser says of itself, in a few words; only for a person to recognise it.</summary>
internal static class DeviceWords
{
    // Chromium's relatives name Chrome too, and Chrome names Safari: the particular comes first.
    private static readonly (string Mark, string Name)[] Browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];
    private static readonly (string Mark, string Name)[] Systems = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")];

    public static string Of(string? userAgent)
    {
        var browser = Find(Browsers, userAgent) ?? "Unknown browser";
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Mark, string Name)[] known, string? userAgent)
    {
        foreach (var (mark, name) in known)
            if (userAgent?.Contains(mark, StringComparison.Ordinal) == true) return name;
        return null;
    }
}
