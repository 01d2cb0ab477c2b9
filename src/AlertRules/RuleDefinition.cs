using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules;

/// <summary>When a rule finds something wrong: the measure is above or below the threshold, has risen or fallen by that many percent, or there was no request at all.</summary>
public enum RuleCondition { Above, Below, Rises, Falls, NoData }

/// <summary>How much of the past is measured at once.</summary>
public enum RuleWindow { QuarterHour, Hour, Day }

/// <summary>What a rise or fall is held against: the window before, or the same one a day or a week earlier.</summary>
public enum RuleBaseline { Previous, DayBefore, WeekBefore }

/// <summary>A threshold for one subject of a rule of each.</summary>
public sealed record SubjectThreshold(string Subject, decimal Threshold);

/// <summary>When nobody is told, by the tenant's clock; over midnight where it ends before it begins.</summary>
/// <param name="Days">1 is Monday; of the day on which it begins. None: every day.</param>
public sealed record MuteWindow(TimeOnly From, TimeOnly To, IReadOnlyList<int> Days)
{
    public bool Covers(DateTimeOffset local)
    {
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        if (From < To) return time >= From && time < To && On(local);
        return (time >= From && On(local)) || (time < To && On(local.AddDays(-1)));
    }

    private bool On(DateTimeOffset day) => Days.Count == 0 || Days.Contains((((int)day.DayOfWeek + 6) % 7) + 1);
}

/// <summary>What a rule watches and whom it tells, as someone asks for it.</summary>
/// <param name="Filter">By the names of dimensions; one value each.</param>
/// <param name="Each">Each value of it is watched by itself.</param>
/// <param name="Threshold">In the measure's own unit (USD, a count, a share of 1, milliseconds); percent where it is about a change.</param>
/// <param name="Subjects">Thresholds of their own for some of each.</param>
/// <param name="ForMinutes">It must be so for that long before it is told.</param>
/// <param name="RecoverMinutes">It must be well for that long before it is over.</param>
public sealed record RuleDefinition(
    string Name, Measure Measure, IReadOnlyDictionary<string, string> Filter, Dimension? Each, RuleCondition Condition, decimal Threshold, RuleWindow Window, RuleBaseline Against,
    int ForMinutes, int RecoverMinutes, IReadOnlyList<SubjectThreshold> Subjects, IReadOnlyList<MuteWindow> Mutes, AlertSeverity Severity, IReadOnlyList<Guid> Channels, bool IsEnabled)
{
    public const int MaxNameLength = 100;
    public const int MostSubjects = 100;
    public const int MostMutes = 10;
    public const int MostChannels = 20;
    public const int LongestMinutes = 24 * 60;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static readonly IReadOnlyList<Dimension> CanBeEach = [Dimension.User, Dimension.Key, Dimension.Model, Dimension.Provider];

    public TimeSpan Length => Window switch
    {
        RuleWindow.QuarterHour => TimeSpan.FromMinutes(15),
        RuleWindow.Hour => TimeSpan.FromHours(1),
        RuleWindow.Day => TimeSpan.FromDays(1),
        _ => throw new ArgumentOutOfRangeException(nameof(Window)),
    };

    public bool IsChange => Condition is RuleCondition.Rises or RuleCondition.Falls;

    /// <summary>How much earlier the window is that it is held against.</summary>
    public TimeSpan Earlier => Against switch
    {
        RuleBaseline.DayBefore => TimeSpan.FromDays(1),
        RuleBaseline.WeekBefore => TimeSpan.FromDays(7),
        _ => Length,
    };

    public decimal ThresholdOf(string subject) => Subjects.FirstOrDefault(own => own.Subject == subject)?.Threshold ?? Threshold;

    public bool IsMuted(DateTimeOffset at, TimeZoneInfo zone) => Mutes.Any(mute => mute.Covers(TimeZoneInfo.ConvertTime(at, zone)));

    public UsageFilter FilterOf(string tenant) => Filter.Aggregate(UsageFilter.None.With(Dimension.Tenant, tenant), static (filter, pair) => filter.With(Dimensions.Parse(pair.Key)!.Value, pair.Value));

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    internal static RuleDefinition Parse(string json) => JsonSerializer.Deserialize<RuleDefinition>(json, Json)!;

    /// <summary>In the form in which it is kept, or all that is wrong with it.</summary>
    public Result<RuleDefinition> Normalise()
    {
        var normal = this with
        {
            Name = Name.Trim(),
            Filter = Filter.Where(static pair => pair.Value.Trim().Length > 0).ToDictionary(static pair => pair.Key, static pair => pair.Key == "provider" ? Providers.Canonical(pair.Value.Trim()) : pair.Value.Trim()),
            Threshold = Condition == RuleCondition.NoData ? 0 : Threshold,
            Subjects = [.. Subjects.DistinctBy(static own => own.Subject)],
            Channels = [.. Channels.Distinct()],
        };
        var errors = normal.Wrong().ToList();
        return errors.Count > 0 ? new InvalidRule(errors) : normal;
    }

    private IEnumerable<string> Wrong()
    {
        if (Name.Length is 0 or > MaxNameLength || Name.Any(char.IsControl)) yield return $"name is 1 to {MaxNameLength} characters on one line.";
        foreach (var (name, value) in Filter)
        {
            if (Dimensions.Parse(name) is null or Dimension.Tenant) yield return $"filter.{name} is none of {string.Join(", ", Dimensions.All.Where(static dimension => dimension != Dimension.Tenant).Select(static dimension => dimension.Name()))}.";
            else if (value.Length > 200 || value.Any(char.IsControl)) yield return $"filter.{name} is at most 200 characters on one line.";
        }
        if (Each is { } each && !CanBeEach.Contains(each)) yield return $"each is one of {string.Join(", ", CanBeEach.Select(static dimension => dimension.Name()))}.";
        if (Each is { } twice && Filter.ContainsKey(twice.Name())) yield return $"each {twice.Name()} and one {twice.Name()} do not go together.";
        if (Each is not null && Condition == RuleCondition.NoData) yield return "noData is of the whole: whoever sends nothing is not known by name. Leave each out.";
        if (Each is null && Subjects.Count > 0) yield return "subjects have thresholds of their own only where each is watched.";
        if (Math.Abs(Threshold) > 1_000_000_000_000m || decimal.Round(Threshold, 6) != Threshold) yield return "threshold has at most 6 decimals.";
        if (IsChange && Threshold <= 0) yield return "threshold is a percentage above 0 where it is about a change.";
        if (ForMinutes is < 0 or > LongestMinutes || RecoverMinutes is < 0 or > LongestMinutes) yield return $"forMinutes and recoverMinutes are 0 to {LongestMinutes}.";
        if (Subjects.Count > MostSubjects || Subjects.Any(static own => own.Subject.Length is 0 or > 200)) yield return $"subjects are at most {MostSubjects}, each with a name.";
        if (Mutes.Count > MostMutes || Mutes.Any(static mute => mute.From == mute.To || mute.Days.Any(static day => day is < 1 or > 7))) yield return $"mutes are at most {MostMutes}, each from a time to another, on days 1 (Monday) to 7.";
        if (Channels.Count > MostChannels) yield return $"channels are at most {MostChannels}.";
    }
}

/// <summary>The names of the API and of pages.</summary>
public static class RuleNames
{
    public static string Name(this RuleCondition condition) => char.ToLowerInvariant(condition.ToString()[0]) + condition.ToString()[1..];

    public static string Name(this RuleWindow window) => window switch { RuleWindow.QuarterHour => "15m", RuleWindow.Hour => "hour", RuleWindow.Day => "day", _ => throw new ArgumentOutOfRangeException(nameof(window)) };

    public static string Name(this RuleBaseline against) => char.ToLowerInvariant(against.ToString()[0]) + against.ToString()[1..];

    public static T? Parse<T>(string? name, Func<T, string> nameOf) where T : struct, Enum => Enum.GetValues<T>().Where(value => nameOf(value) == name).Select(static value => (T?)value).FirstOrDefault();

    public static string Text(this TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
