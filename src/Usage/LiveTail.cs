using AgentConsole.Platform.Data;
using AgentConsole.Usage.Tailing;

namespace AgentConsole.Usage;

/// <summary>
/// Follows requests as they come in, for everyone who watches: one read a second of each question, whoever asks it. A viewer has a place of its own in what is held, so one that is slow
/// finds that it skipped some and holds nobody up.
/// </summary>
public sealed class LiveTail(Database database, TimeProvider time)
{
    /// <summary>Requests held of each question: what a viewer has not taken when so many more have come is skipped.</summary>
    public const int Held = 150;

    /// <summary>Questions followed at once on this node; of more, the one that nobody has asked for the longest is forgotten, and its viewers count anew.</summary>
    private const int MostQuestions = 100;

    private readonly SharedAnswers<TailAnswer> _answers = new(time, MostQuestions);
    private readonly Dictionary<string, Followed> _followed = [];

    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<TailAnswer> ReadAsync(Reach reach, TailQuery query, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        var key = $"{reach}|{query.Key}";
        return _answers.ReadAsync(key, () => AskAsync(Find(key), reach, query), changedAt, cancellationToken);
    }

    private Followed Find(string key)
    {
        lock (_followed)
        {
            if (!_followed.TryGetValue(key, out var followed))
            {
                if (_followed.Count >= MostQuestions) _followed.Remove(_followed.MinBy(static pair => pair.Value.AskedAt).Key);
                _followed[key] = followed = new();
            }
            followed.AskedAt = time.GetUtcNow();
            return followed;
        }
    }

    /// <summary>Not with one viewer's cancellation: others may be waiting for the same answer.</summary>
    private async Task<TailAnswer> AskAsync(Followed followed, Reach reach, TailQuery query)
    {
        await followed.OneAtATime.WaitAsync(CancellationToken.None);
        try
        {
            var now = time.GetUtcNow();
            await using var session = await database.BeginAsync(reach, CancellationToken.None, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
            var tenants = await UsageSql.TenantsAsync(session, reach, query.Filter, CancellationToken.None);
            followed.Add(followed.Place is { } place
                ? await TailReader.NextAsync(session, query, tenants, place, Held, CancellationToken.None)
                : await TailReader.BeginAsync(session, query, tenants, Held, now, CancellationToken.None));
            return new(followed.Run, followed.Arrived, followed.Rows, now);
        }
        finally
        {
            followed.OneAtATime.Release();
        }
    }

    private sealed class Followed
    {
        // Holds no handle, so it is not disposed: an answer may still be on its way when it is forgotten.
        public SemaphoreSlim OneAtATime { get; } = new(1);
        public DateTimeOffset AskedAt { get; set; }
        public Guid Run { get; } = Guid.NewGuid();
        public TailPlace? Place { get; private set; }
        public long Arrived { get; private set; }
        public IReadOnlyList<TailRow> Rows { get; private set; } = [];

        public void Add(TailRead read)
        {
            var isFirst = Place is null;
            Place = read.Place;
            if (isFirst) Rows = [.. read.Rows.Select(static (row, index) => new TailRow(-index, row))];
            if (isFirst || read.Fresh == 0) return;
            Arrived += read.Fresh;
            var held = Rows.Select(static row => (row.Row.Tenant, row.Row.Source, row.Row.Id)).ToHashSet();
            var fresh = read.Rows.Where(row => !held.Contains((row.Tenant, row.Source, row.Id))).Take((int)Math.Min(read.Fresh, Held)).Select((row, index) => new TailRow(Arrived - index, row));
            Rows = [.. fresh.Concat(Rows).Take(Held)];
        }
    }
}
