namespace AgentConsole.Usage;

/// <summary>How a request ended; stored by number, so the order is fixed.</summary>
public enum UsageStatus : short
{
    Success = 0,
    Failure = 1,
    Cancelled = 2,
    Denied = 3,
}

public static class UsageStatuses
{
    public static string Name(this UsageStatus status) => status switch
    {
        UsageStatus.Success => "success",
        UsageStatus.Failure => "failure",
        UsageStatus.Cancelled => "cancelled",
        UsageStatus.Denied => "denied",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static UsageStatus? Parse(string? name) => name switch
    {
        "success" => UsageStatus.Success,
        "failure" => UsageStatus.Failure,
        "cancelled" => UsageStatus.Cancelled,
        "denied" => UsageStatus.Denied,
        _ => null,
    };
}
