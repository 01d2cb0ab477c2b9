namespace AgentConsole.Usage;

/// <summary>Every read of usage: what the API, the pages and the exports show.</summary>
public sealed class UsageQueries
{
    public Task<Breakdown> BreakdownAsync(BreakdownQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<RequestPage> ListRequestsAsync(RequestQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Null when there is none; the newest when several sources sent the same id and none is named.</summary>
    public Task<UsageEvent?> FindRequestAsync(string tenant, string id, string? source, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The values a dimension has taken, for choosing from; most used first, at most <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<string>> ListValuesAsync(Dimension dimension, string? tenant, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Items refused at the door, newest first.</summary>
    public Task<IReadOnlyList<RejectedItem>> ListRejectedAsync(DateTimeOffset from, DateTimeOffset to, string? tenant, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>False until the first event arrives, for that tenant or for any.</summary>
    public Task<bool> HasEventsAsync(string? tenant, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <param name="Payload">The item as it came, cut at 4 KB.</param>
public sealed record RejectedItem(string Tenant, DateTimeOffset ReceivedAt, string Source, string? EventId, string Error, string? Payload);
