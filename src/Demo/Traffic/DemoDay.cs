using System.Globalization;

namespace AgentConsole.Demo.Traffic;

/// <summary>Everything one tenant does in one UTC day: the same requests with the same ids whenever it is asked.</summary>
internal static class DemoDay
{
    private const int QuartersPerDay = 96;

    /// <summary>In order of time. The last ones may run a little into the next day.</summary>
    public static IReadOnlyList<DemoEvent> Requests(DemoTenant tenant, DateOnly day, DemoStories stories, int seed)
    {
        var date = day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var random = DemoRandom.For(seed, $"{tenant.Id}/{date}");
        var midnight = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var events = new List<DemoEvent>(8_000);
        for (var quarter = 0; quarter < QuartersPerDay; quarter++)
            AddQuarter(events, tenant, midnight.AddMinutes(15 * quarter), $"{date}-{quarter:00}", stories, random);
        events.AddRange(stories.Requests(tenant).Where(item => DateOnly.FromDateTime(item.OccurredAt.UtcDateTime) == day));
        return [.. events.OrderBy(static item => item.OccurredAt).Select((item, index) => item with { Id = $"{tenant.Id}-{date}-{index:00000}" })];
    }

    private static void AddQuarter(List<DemoEvent> events, DemoTenant tenant, DateTimeOffset from, string name, DemoStories stories, DemoRandom random)
    {
        var sessions = random.Poisson(tenant.SessionsInQuarter(from));
        for (var session = 0; session < sessions; session++)
        {
            var start = from.AddMilliseconds(random.Between(0, 15 * 60_000 - 1));
            events.AddRange(new DemoSession(tenant, tenant.PickActivity(random), stories, random).Play($"{name}{session:000}", start));
        }
    }
}
