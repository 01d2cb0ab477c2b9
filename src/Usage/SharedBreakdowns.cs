using System.Text;
using AgentConsole.Platform.Data;

namespace AgentConsole.Usage;

/// <summary>
/// One answer for everyone who looks at the same thing with the same reach: twenty open dashboards of a tenant ask the store once a second, not twenty times.
/// A page that follows a change gets an answer asked after that change, at most a second later; one that only opens takes what is there, if it is no older than a second.
/// At most <see cref="MaxAnswers"/> are held; a full house is emptied.
/// </summary>
public sealed class SharedBreakdowns(UsageQueries queries, TimeProvider time)
{
    private const int MaxAnswers = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Answer> _answers = [];

    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<Breakdown> ReadAsync(Reach reach, BreakdownQuery query, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        var (key, now) = (Key(reach, query), time.GetUtcNow());
        lock (_answers)
        {
            if (_answers.TryGetValue(key, out var held) && held.For(changedAt, now) is { } shared) return shared.WaitAsync(cancellationToken);
            if (_answers.Count >= MaxAnswers) _answers.Clear();
            var askAt = held is not null && held.AskAt <= now && now - held.AskAt < Every ? held.AskAt + Every : now;
            var fresh = new Answer(askAt, AskAsync(reach, query, askAt - now), held?.Breakdown);
            _answers[key] = fresh;
            return fresh.Breakdown.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Not with one viewer's cancellation: others may be waiting for the same answer.</summary>
    private async Task<Breakdown> AskAsync(Reach reach, BreakdownQuery query, TimeSpan delay)
    {
        await Task.Delay(delay, time).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await queries.BreakdownAsync(reach, query, CancellationToken.None);
    }

    /// <param name="AskAt">When the store is asked; may be a moment ahead.</param>
    /// <param name="Before">The answer before this one, for those who need not wait.</param>
    private sealed record Answer(DateTimeOffset AskAt, Task<Breakdown> Breakdown, Task<Breakdown>? Before)
    {
        /// <summary>Null when this answer does not do.</summary>
        public Task<Breakdown>? For(DateTimeOffset? changedAt, DateTimeOffset now)
        {
            if (Breakdown.IsFaulted || (now - AskAt).Duration() > Every) return null;
            if (changedAt is not null) return AskAt >= changedAt ? Breakdown : null;
            return AskAt > now && Before is { IsCompletedSuccessfully: true } ? Before : Breakdown;
        }
    }

    private static string Key(Reach reach, BreakdownQuery query)
    {
        var key = new StringBuilder();
        key.Append(reach).Append('|').Append(query.From.UtcTicks).Append('|').Append(query.To.UtcTicks).Append('|').Append(query.Zone.Id).Append('|').Append(query.Grain).Append('|').AppendJoin(',', query.GroupBy).Append('|').Append(query.Percentiles);
        foreach (var (dimension, values) in query.Filter.Values.OrderBy(static pair => pair.Key))
        {
            key.Append('|').Append(dimension);
            foreach (var value in values) key.Append('=').Append(value is null ? -1 : value.Length).Append(':').Append(value);
        }
        return key.ToString();
    }
}
