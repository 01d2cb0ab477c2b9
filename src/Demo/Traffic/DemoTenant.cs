namespace AgentConsole.Demo.Traffic;

/// <summary>A customer of the demo: where it is, when it works and what it does all day.</summary>
/// <param name="Sessions">How many it starts on an ordinary weekday.</param>
/// <param name="Hours">The weight of each local hour, 24 of them.</param>
/// <param name="Weekend">A weekend day as a share of a weekday.</param>
/// <param name="UserFormat">Makes a user id of a rank from 1.</param>
internal sealed record DemoTenant(
    string Id,
    string Name,
    string TimeZone,
    int Sessions,
    IReadOnlyList<double> Hours,
    double Weekend,
    int Users,
    string UserFormat,
    IReadOnlyList<string> Teams,
    IReadOnlyList<(DemoActivity Activity, int Weight)> Activities)
{
    private readonly double _hoursTotal = Hours.Sum();
    private readonly Zipf _users = new(Users, 0.9);

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>How many sessions to expect in the quarter of an hour from <paramref name="at"/>.</summary>
    public double SessionsInQuarter(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var weekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Weekend : 1;
        return Sessions * weekend * Hours[local.Hour] / (_hoursTotal * 4);
    }

    public DemoActivity PickActivity(DemoRandom random)
    {
        var left = random.Unit() * Activities.Sum(static item => item.Weight);
        foreach (var (activity, weight) in Activities)
            if ((left -= weight) < 0)
                return activity;
        return Activities[^1].Activity;
    }

    /// <summary>A user with the team and the virtual key that the user works with.</summary>
    public (string User, string Team, string Key) PickUser(DemoRandom random)
    {
        var rank = _users.Pick(random);
        var team = Teams[rank % Teams.Count];
        return (string.Format(System.Globalization.CultureInfo.InvariantCulture, UserFormat, rank + 1), team, $"vk-{team}-{rank / Teams.Count % 3 + 1}");
    }
}

/// <summary>A way a tenant uses models: the calls that open a session, the turns in its middle, the calls that close it.</summary>
/// <param name="GapSeconds">Median time between two turns, such as a person reading or a tool running.</param>
/// <param name="HitRate">Share of the calls that find their prompt in the cache.</param>
/// <param name="Traced">The last call carries the timings of the whole session.</param>
internal sealed record DemoActivity(
    string Name,
    IReadOnlyList<DemoStep> Opening,
    IReadOnlyList<DemoStep> Turns,
    IReadOnlyList<DemoStep> Closing,
    int MinTurns,
    int MaxTurns,
    double GapSeconds,
    double HitRate = 0.88,
    string? Prompt = null,
    bool Batch = false,
    bool Sandbox = false,
    bool Traced = false);

/// <summary>A call to a model.</summary>
/// <param name="Models">One is picked; a model listed twice is picked twice as often.</param>
/// <param name="Context">Tokens that every call of the session begins with: tools, system prompt, documents.</param>
/// <param name="Growth">Tokens that each turn adds to the context.</param>
/// <param name="Output">Median of tokens written.</param>
/// <param name="Reasoning">Reasoning tokens as a share of the written ones.</param>
internal sealed record DemoStep(
    string? Agent,
    IReadOnlyList<DemoModel> Models,
    int Context,
    int Growth,
    int Output,
    double Reasoning = 0,
    bool Stream = false,
    string Operation = "chat",
    IReadOnlyList<string>? Tools = null,
    int Images = 0,
    int Audio = 0);
