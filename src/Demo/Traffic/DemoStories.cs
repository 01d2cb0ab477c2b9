using AgentConsole.Usage;

namespace AgentConsole.Demo.Traffic;

/// <summary>What went wrong in the demo's month: the incidents that its pages should make visible, on weekdays counted back from the day the demo was first filled.</summary>
internal sealed class DemoStories
{
    private const string Reader = "acct-1089";
    private const string Looper = "acct-1042";
    private const double BrokenHitRate = 0.22;

    private readonly DateTimeOffset _outageFrom;
    private readonly DateTimeOffset _loopFrom;
    private readonly DateTimeOffset _readerFrom;
    private readonly DateTimeOffset _cacheBrokenFrom;
    private readonly DateTimeOffset _cacheFixedAt;
    private readonly int _seed;

    /// <param name="anchor">The day the demo was first filled.</param>
    public DemoStories(int seed, DateOnly anchor)
    {
        _seed = seed;
        _outageFrom = new DateTimeOffset(WeekdayBefore(anchor, 1), new TimeOnly(14, 20), TimeSpan.Zero);
        _loopFrom = Local(WeekdayBefore(anchor, 2), new TimeOnly(15, 4));
        _readerFrom = Local(WeekdayBefore(anchor, 3), new TimeOnly(9, 12));
        _cacheBrokenFrom = Local(WeekdayBefore(anchor, 9), new TimeOnly(10, 0));
        _cacheFixedAt = Local(WeekdayBefore(anchor, 5), new TimeOnly(16, 30));
    }

    public (DateTimeOffset From, DateTimeOffset To) Outage => (_outageFrom, _outageFrom.AddMinutes(45));

    public (DateTimeOffset From, DateTimeOffset To) CacheBroken => (_cacheBrokenFrom, _cacheFixedAt);

    /// <summary>The local day of the page-by-page reader, in the agent platform's zone.</summary>
    public DateOnly ReaderDay => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(_readerFrom, DemoTenants.Northwind.Zone).DateTime);

    public bool IsDown(DemoModel model, DateTimeOffset at) => model.Provider == "anthropic" && at >= Outage.From && at < Outage.To;

    /// <summary>Everyone failed over at once: in its first minutes the backup refuses too.</summary>
    public bool IsBackupLimited(DateTimeOffset at) => at >= Outage.From && at < Outage.From.AddMinutes(8);

    public double HitRate(DemoActivity activity, DateTimeOffset at) =>
        activity.Prompt == DemoTenants.TriagePrompt && at >= _cacheBrokenFrom && at < _cacheFixedAt ? BrokenHitRate : activity.HitRate;

    /// <summary>The version that was live: the release of 12 broke the cache of the triage prompt, 13 mended it.</summary>
    public string? PromptVersion(DemoActivity activity, DateTimeOffset at, DemoRandom random) => activity.Prompt switch
    {
        null => null,
        DemoTenants.TriagePrompt => at < _cacheBrokenFrom ? "11" : at < _cacheFixedAt ? "12" : "13",
        "assistant" => random.Chance(0.2) ? "5" : "4",
        _ => "7",
    };

    /// <summary>The requests that the incidents themselves made, in no particular order.</summary>
    public IEnumerable<DemoEvent> Requests(DemoTenant tenant) =>
        tenant == DemoTenants.Northwind ? LoopingAgent().Concat(PageByPageReader()) : [];

    /// <summary>412 identical tool calls in 15 minutes by three workers of one run: about $547, and every call succeeded.</summary>
    private IEnumerable<DemoEvent> LoopingAgent()
    {
        const int calls = 412;
        var random = DemoRandom.For(_seed, "loop");
        for (var call = 0; call < calls; call++)
            yield return Incident(_loopFrom.AddSeconds(call * 900.0 / calls), Looper, "support", "loop-7f3a") with
            {
                Agent = "executor",
                Tool = "lookup_order",
                CallHash = "b1946ac92492d234",
                Tokens = new TokenCounts { Input = 246_000 + call * 72, Output = random.Between(560, 680) },
                LatencyMs = random.Between(5_200, 6_400),
            };
    }

    /// <summary>A 500-page document read page by page, two calls a page, the whole context sent again each time: about $2,450 on a day that costs about $800.</summary>
    private IEnumerable<DemoEvent> PageByPageReader()
    {
        const int pages = 500;
        var random = DemoRandom.For(_seed, "reader");
        for (var call = 0; call < 2 * pages; call++)
            yield return Incident(_readerFrom.AddSeconds(call * 31.5 + random.Unit() * 4), Reader, "research", "doc-500p") with
            {
                Agent = "document-reader",
                Tool = call % 2 == 0 ? "read_page" : "summarise_page",
                CallHash = $"page-{call / 2 + 1}",
                Tokens = new TokenCounts { Input = 21_000 + call / 2 * 1_868, Output = random.Between(320, 520) },
                LatencyMs = 4_000 + call * 14 + random.Between(0, 2_500),
            };
    }

    private static DemoEvent Incident(DateTimeOffset at, string user, string team, string session) => new()
    {
        Tenant = DemoTenants.Northwind.Id,
        OccurredAt = at,
        Model = DemoModel.Opus,
        Operation = "chat",
        User = user,
        Team = team,
        Key = $"vk-{team}-2",
        Session = session,
        Thread = session,
        Prompt = "task-runner",
        PromptVersion = "7",
        Sandbox = $"vm-{session}",
    };

    private static DateOnly WeekdayBefore(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(-1);
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                count--;
        }
        return day;
    }

    private static DateTimeOffset Local(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, DemoTenants.Northwind.Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
