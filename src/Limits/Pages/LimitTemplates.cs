namespace AgentConsole.Limits.Pages;

/// <param name="Draft">Of no tenant: that of the form stays.</param>
internal sealed record LimitTemplate(string Name, string Does, LimitDraft Draft);

/// <summary>Ready-made limits to begin with; each fills the form and nothing else.</summary>
internal static class LimitTemplates
{
    public static readonly IReadOnlyList<LimitTemplate> All =
    [
        new("Trial user", "Each user: $5 a month", new(new("", User: LimitScope.Each), LimitMeasure.Cost, 5, LimitWindow.Month, Reason: "Trial")),
        new("Daily user budget", "Each user: $25 a day", new(new("", User: LimitScope.Each), LimitMeasure.Cost, 25, LimitWindow.Day)),
        new("Chat rate", "Each session: 30 requests a minute", new(new("", Session: LimitScope.Each), LimitMeasure.Requests, 30, LimitWindow.Minute)),
        new("Runaway agent", "Each user: 8 requests at once", new(new("", User: LimitScope.Each), LimitMeasure.Concurrency, 8, null)),
        new("Tenant cap", "The tenant: $1,000 a month", new(new(""), LimitMeasure.Cost, 1000, LimitWindow.Month)),
    ];
}
