using AgentConsole.Shell;

namespace AgentConsole.Anomalies.Pages;

/// <summary>How a case stands, in a word and its tone.</summary>
internal static class CaseTones
{
    public static (string Word, string Tone) Of(CaseRow one) => one.State switch
    {
        CaseState.Open => ("open", "critical"),
        CaseState.Investigating => ("investigating", "warning"),
        CaseState.Closed => (one.Verdict is { } verdict ? Verdict(verdict) : "closed", "unknown"),
        _ => throw new ArgumentOutOfRangeException(nameof(one)),
    };

    public static string Verdict(CaseVerdict verdict) => verdict switch
    {
        CaseVerdict.Confirmed => "confirmed",
        CaseVerdict.Expected => "expected",
        CaseVerdict.FalseAlarm => "false alarm",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static string Means(CaseVerdict verdict) => verdict switch
    {
        CaseVerdict.Confirmed => "Confirmed: it should not have happened",
        CaseVerdict.Expected => "Expected: someone meant it",
        CaseVerdict.FalseAlarm => "False alarm: nothing was unusual",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>How many times what was expected; a word where nothing was.</summary>
    public static string Times(CaseRow one) => !one.HasHistory ? "no history" : one.Expected <= 0 ? "from nothing" : $"×{(one.Cost / one.Expected).ToString(one.Cost < 100 * one.Expected ? "0.#" : "#,0", System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Beyond a hundred it says no more than that.</summary>
    public static string Score(CaseRow one) => !one.HasHistory ? CaseWords.NoHistory : $"{(one.Score < 100 ? $"{one.Score:0}" : "over 100")} times the usual spread of the {one.KnownWeeks} {(one.KnownWeeks == 1 ? "week" : "weeks")} before";

    /// <summary>A member's address without the word before it.</summary>
    public static string Person(string name) => name.StartsWith("member:", StringComparison.Ordinal) ? name["member:".Length..] : name;
}
