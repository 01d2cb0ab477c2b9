using System.Globalization;
using AgentConsole.AlertRules.Api;
using AgentConsole.Platform;

namespace AgentConsole.AlertRules.Pages;

/// <summary>Lists that people type, a line each: <c>u-17 = 0.2</c> and <c>22:00-06:00 sat sun</c>.</summary>
internal static class RuleLines
{
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static string Write(IEnumerable<SubjectThreshold> subjects) => string.Join('\n', subjects.Select(static own => $"{own.Subject} = {RuleJson.Number(own.Threshold)}"));

    public static string Write(IEnumerable<MuteWindow> mutes) => string.Join('\n', mutes.Select(static mute => string.Join(' ', mute.Days.Select(static day => Days[day - 1]).Prepend($"{mute.From.Text()}-{mute.To.Text()}"))));

    public static Result<SubjectThreshold[]> ReadSubjects(string text)
    {
        var read = new List<SubjectThreshold>();
        foreach (var line in Lines(text))
        {
            var at = line.LastIndexOf('=');
            if (at < 1 || !decimal.TryParse(line[(at + 1)..].Trim(), NumberStyles.Number, CultureInfo.InvariantCulture, out var threshold)) return new InvalidRule([$"\"{line}\" is not a name, = and a number."]);
            read.Add(new(line[..at].Trim(), threshold));
        }
        return read.ToArray();
    }

    public static Result<MuteWindow[]> ReadMutes(string text)
    {
        var read = new List<MuteWindow>();
        foreach (var line in Lines(text))
        {
            var words = line.ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            var times = words[0].Split('-');
            int[] days = [.. words.Skip(1).Select(static word => Array.IndexOf(Days, word) + 1)];
            if (times.Length != 2 || !Time(times[0], out var from) || !Time(times[1], out var to) || days.Contains(0)) return new InvalidRule([$"\"{line}\" is not two times and days, such as 22:00-06:00 sat sun."]);
            read.Add(new(from, to, days));
        }
        return read.ToArray();
    }

    private static bool Time(string text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
