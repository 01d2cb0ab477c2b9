using System.Text;

namespace AgentConsole.Usage;

/// <summary>
/// One answer for everyone who looks at the same thing in the same second: twenty open dashboards of a tenant ask the store once, not twenty times.
/// The answer's own <see cref="Freshness.CompleteTo"/> says how old it is. At most <see cref="MaxAnswers"/> are held; a full house is emptied.
/// </summary>
public sealed class SharedBreakdowns(UsageQueries queries, TimeProvider time)
{
    private const int MaxAnswers = 500;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Answer> _answers = new();

    public Task<Breakdown> ReadAsync(BreakdownQuery query, CancellationToken cancellationToken) => Ask(query).WaitAsync(cancellationToken);

    /// <summary>Not with one viewer's cancellation: others may be waiting for the same answer.</summary>
    private Task<Breakdown> Ask(BreakdownQuery query)
    {
        var (key, now) = (Key(query), time.GetUtcNow());
        lock (_answers)
        {
            if (_answers.TryGetValue(key, out var held) && !held.Breakdown.IsFaulted && now - held.AskedAt <= KeptFor && held.AskedAt <= now) return held.Breakdown;
            if (_answers.Count >= MaxAnswers) _answers.Clear();
            var fresh = new Answer(now, Task.Run(() => queries.BreakdownAsync(query, CancellationToken.None)));
            _answers[key] = fresh;
            return fresh.Breakdown;
        }
    }

    private sealed record Answer(DateTimeOffset AskedAt, Task<Breakdown> Breakdown);

    private static string Key(BreakdownQuery query)
    {
        var key = new StringBuilder();
        key.Append(query.From.UtcTicks).Append('|').Append(query.To.UtcTicks).Append('|').Append(query.Zone.Id).Append('|').Append(query.Grain).Append('|').AppendJoin(',', query.GroupBy);
        foreach (var (dimension, values) in query.Filter.Values.OrderBy(static pair => pair.Key))
        {
            key.Append('|').Append(dimension);
            foreach (var value in values) key.Append('=').Append(value is null ? -1 : value.Length).Append(':').Append(value);
        }
        return key.ToString();
    }
}
