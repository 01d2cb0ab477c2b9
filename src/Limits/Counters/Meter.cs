using System.Globalization;

namespace AgentConsole.Limits.Counters;

/// <summary>
/// The name of a meter: one letter for the measure, one for the window, the window's start, and the subject. Limits of the same subject, measure and window share one.
/// <c>cM:1793487600000:user=u-17&amp;model=gpt-5</c>
/// </summary>
internal static class Meter
{
    private const char NoWindow = 'N';

    /// <param name="kind">As <see cref="Kind"/> made it.</param>
    public static string Name(string kind, in MeterWindow window, LimitDimension[] dimensions, LimitSubject subject)
    {
        var name = new System.Text.StringBuilder(64);
        name.Append(kind, 0, 2).Append(':').Append(CultureInfo.InvariantCulture, $"{(window.IsCalendar ? window.StartMs : 0)}").Append(':');
        for (var index = 0; index < dimensions.Length; index++)
        {
            if (index > 0) name.Append('&');
            name.Append(dimensions[index].Name()).Append('=').Append(Escape(subject[dimensions[index]]!));
        }
        return name.ToString();
    }

    /// <summary>What of a meter's name does not depend on the subject or on the time.</summary>
    public static string Kind(LimitMeasure measure, LimitWindow? window, IEnumerable<LimitDimension> dimensions) =>
        $"{Letter(measure)}{Letter(window)}:{string.Join('&', dimensions.Select(static dimension => dimension.Name()))}";

    /// <summary>Reads a name back; null when it is none.</summary>
    public static MeterParts? Parse(string name)
    {
        var parts = name.Split(':', 3);
        if (parts.Length != 3 || parts[0].Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)) return null;
        var (dimensions, values) = (new List<LimitDimension>(), new List<string>());
        foreach (var pair in parts[2].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || LimitNames.Dimensions.Where(dimension => dimension.Name() == pair[..at]).Select(static dimension => (LimitDimension?)dimension).FirstOrDefault() is not { } found) return null;
            dimensions.Add(found);
            values.Add(Uri.UnescapeDataString(pair[(at + 1)..]));
        }
        LimitWindow? window = parts[0][1] == NoWindow ? null : Enum.GetValues<LimitWindow>().First(window => Letter(window) == parts[0][1]);
        return new(MeasureOf(parts[0][0]), window, start, dimensions, values);
    }

    private static string Escape(string value)
    {
        foreach (var character in value)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.')) return Uri.EscapeDataString(value);
        return value;
    }

    private static char Letter(LimitMeasure measure) => measure switch
    {
        LimitMeasure.Requests => 'r',
        LimitMeasure.Tokens => 't',
        LimitMeasure.Cost => 'c',
        LimitMeasure.Concurrency => 'n',
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    private static LimitMeasure MeasureOf(char letter) => Enum.GetValues<LimitMeasure>().First(measure => Letter(measure) == letter);

    private static char Letter(LimitWindow? window) => window switch
    {
        LimitWindow.Minute => 'I',
        LimitWindow.Hour => 'H',
        LimitWindow.Day => 'D',
        LimitWindow.Week => 'W',
        LimitWindow.Month => 'M',
        LimitWindow.Session => 'S',
        null => NoWindow,
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };
}

internal sealed record MeterParts(LimitMeasure Measure, LimitWindow? Window, long StartMs, IReadOnlyList<LimitDimension> Dimensions, IReadOnlyList<string> Values);
