using System.Text;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Names that come with every request, such as a model's or a team's, as one string each: thousands of requests wait to be written at a time, and what they are made of
/// is what the garbage collector has to go through. Bounded; of two names that fall on one place the later one stays.
/// </summary>
internal static class RepeatedNames
{
    private const int Places = 16 * 1024;
    private const int Longest = 64;

    private static readonly string?[] Kept = new string?[Places];

    /// <summary>The string of a JSON text that has no escapes; null where it must be read by other means.</summary>
    /// <param name="quoted">As it stands in the document.</param>
    public static string? Of(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length is < 3 or > Longest) return null;
        var name = quoted[1..^1];
        if (name.Contains((byte)'\\')) return null;
        ref var kept = ref Kept[Hash(name) % Places];
        if (kept is { } known && Ascii.Equals(name, known)) return known;
        if (!Ascii.IsValid(name)) return null;
        return kept = Encoding.ASCII.GetString(name);
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261;
        foreach (var letter in name) hash = (hash ^ letter) * 16777619;
        return hash ^ (hash >> 15);
    }
}
