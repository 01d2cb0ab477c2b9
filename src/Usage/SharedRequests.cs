using AgentConsole.Platform.Data;

namespace AgentConsole.Usage;

/// <summary>One beginning of a list of requests for everyone who looks at it with the same reach; further pages are each one's own.</summary>
public sealed class SharedRequests(UsageQueries queries, TimeProvider time)
{
    private const int MostKept = 50;

    private readonly SharedAnswers<RequestPage> _answers = new(time, MostKept);

    /// <param name="list">What is listed in which order, as the address says it.</param>
    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<RequestPage> ReadAsync(Reach reach, string list, RequestQuery query, DateTimeOffset? changedAt, CancellationToken cancellationToken) =>
        _answers.ReadAsync($"{reach}|{query.From.UtcTicks}|{query.To.UtcTicks}|{query.Limit}|{list}", () => queries.ListRequestsAsync(reach, query, CancellationToken.None), changedAt, cancellationToken);
}
