namespace AgentConsole.Access;

/// <summary>A customer organisation. Its slug is the tenant id in every table, key and URL.</summary>
public sealed class Tenant
{
    public const string Unassigned = "unassigned";

    public required string Id { get; init; }
    public required string Name { get; set; }
    /// <summary>IANA id; days and budgets are cut in it.</summary>
    public string TimeZone { get; set; } = "UTC";
    public DateTimeOffset CreatedAt { get; init; }
}
