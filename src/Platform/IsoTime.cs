using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentConsole.Platform;

/// <summary>
/// ISO 8601 and nothing else: what .NET parses beside it depends on a culture's order of day and month, or on today's date ("12:00").
/// Without an offset a time is UTC; a date is its first instant.
/// </summary>
public static partial class IsoTime
{
    public static bool TryParse(string text, out DateTimeOffset at)
    {
        at = default;
        return Shape().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,20})?)?([Zz]|[+-]\d{2}:?\d{2})?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
