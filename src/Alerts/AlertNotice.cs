namespace AgentConsole.Alerts;

/// <summary>What a source watches: the key tells its alerts of one tenant apart.</summary>
/// <param name="Tenant">Null when it concerns no single tenant.</param>
public sealed record AlertSubject(string? Tenant, string Source, string Key);

/// <summary>That something is wrong with a subject, in words for a person.</summary>
/// <param name="Title">One line, without a full stop.</param>
/// <param name="Link">The page that shows more, from the root of the console.</param>
public sealed record AlertNotice(AlertSubject Subject, AlertSeverity Severity, string Title, string Detail, string Link)
{
    public const int MaxDetailLength = 2000;

    /// <summary>Whether the tenant asked to be told, by a budget or rule of its own: then it is its admins' to acknowledge, and calls them and not the platform.</summary>
    public bool IsTenants { get; init; }
}
