namespace AgentConsole.Usage.Api;

internal sealed record ConflictListJson(IReadOnlyList<ConflictJson> Items)
{
    public static ConflictListJson Of(IReadOnlyList<ConflictCount> conflicts) => new([.. conflicts.Select(static conflict => new ConflictJson(
        conflict.Code, JsonText.OrNull(conflict.Provider), JsonText.OrNull(conflict.Model), conflict.Requests, conflict.Cost is { } cost ? JsonMoney.Of(cost) : null, conflict.LastSeen))]);
}

internal sealed record ConflictJson(string Code, string? Provider, string? Model, long Requests, string? Cost, DateTimeOffset LastSeen);
