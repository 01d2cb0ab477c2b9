using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Usage;

/// <summary>
/// One answer for everyone who explores the same with the same reach. What rollups answer is at most a second old. What was read from events is kept for half a minute, and for
/// ten times as long as it took: nobody waits for it again because a request came in meanwhile.
/// </summary>
public sealed class SharedExplorations(ExplorerQueries queries, TimeProvider time)
{
    private const int MostKept = 100;
    private const int KeptTimesTook = 10;
    private static readonly TimeSpan KeptAtLeast = TimeSpan.FromSeconds(30);

    private readonly SharedAnswers<Result<Exploration>> _answers = new(time);
    private readonly SharedAnswers<Result<Exploration>> _past = new(time, MostKept, SharedAnswers<Result<Exploration>>.Seldom);
    private readonly Dictionary<string, Exploration> _kept = [];

    /// <param name="changedAt">When the change came that the answer must include; null when there was none. Ignored where events are read.</param>
    /// <param name="afresh">Reads events again, whatever is kept.</param>
    public async Task<Result<Exploration>> ReadAsync(
        Reach reach, ExplorationQuery query, DateTimeOffset? changedAt, IProgress<EventsRead>? progress, CancellationToken cancellationToken, bool afresh = false)
    {
        var key = Key(reach, query);
        if (!query.ReadsEvents) return await _answers.ReadAsync(key, () => queries.ExploreAsync(reach, query, null, CancellationToken.None), changedAt, cancellationToken);
        if (!afresh && Kept(key) is { } kept) return kept;
        var read = await queries.ExploreAsync(reach, query, progress, cancellationToken);
        if (read.Ok) Keep(key, read.Value);
        return read;
    }

    /// <summary>Of a time that is over, or nearly so: at most a minute old where rollups answer.</summary>
    public Task<Result<Exploration>> ReadPastAsync(Reach reach, ExplorationQuery query, CancellationToken cancellationToken) => query.ReadsEvents
        ? ReadAsync(reach, query, null, null, cancellationToken)
        : _past.ReadAsync(Key(reach, query), () => queries.ExploreAsync(reach, query, null, CancellationToken.None), null, cancellationToken);

    private static string Key(Reach reach, ExplorationQuery query) => $"{query.Measure}|{query.Shape}|{query.Top}|{SharedBreakdowns.Key(reach, query.Cut)}";

    private Exploration? Kept(string key)
    {
        lock (_kept) return _kept.TryGetValue(key, out var kept) && !IsOld(kept) ? kept : null;
    }

    private void Keep(string key, Exploration exploration)
    {
        lock (_kept)
        {
            foreach (var old in _kept.Where(pair => IsOld(pair.Value)).Select(static pair => pair.Key).ToList()) _kept.Remove(old);
            if (_kept.Count >= MostKept) _kept.Clear();
            _kept[key] = exploration;
        }
    }

    private bool IsOld(Exploration kept)
    {
        var most = kept.Took * KeptTimesTook;
        return time.GetUtcNow() - kept.CompleteTo > (most > KeptAtLeast ? most : KeptAtLeast);
    }
}
