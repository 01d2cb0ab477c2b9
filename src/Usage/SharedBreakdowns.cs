using System.Text;
using AgentConsole.Platform.Data;

namespace AgentConsole.Usage;

/// <summary>One answer for everyone who looks at the same thing with the same reach.</summary>
public sealed class SharedBreakdowns(UsageQueries queries, TimeProvider time)
{
    private const int MostPast = 200;

    private readonly SharedAnswers<Breakdown> _answers = new(time);
    private readonly SharedAnswers<Breakdown> _past = new(time, MostPast, SharedAnswers<Breakdown>.Seldom);
    private readonly SharedAnswers<DateTimeOffset?> _begins = new(time, every: SharedAnswers<DateTimeOffset?>.Seldom);
    private readonly SharedAnswers<IReadOnlyList<string>> _values = new(time, MostPast, SharedAnswers<IReadOnlyList<string>>.Seldom);

    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<Breakdown> ReadAsync(Reach reach, BreakdownQuery query, DateTimeOffset? changedAt, CancellationToken cancellationToken) =>
        _answers.ReadAsync(Key(reach, query), () => queries.BreakdownAsync(reach, query, CancellationToken.None), changedAt, cancellationToken);

    /// <summary>Of a time that is over, or nearly so: at most a minute old.</summary>
    public Task<Breakdown> ReadPastAsync(Reach reach, BreakdownQuery query, CancellationToken cancellationToken) =>
        _past.ReadAsync(Key(reach, query), () => queries.BreakdownAsync(reach, query, CancellationToken.None), null, cancellationToken);

    /// <summary>When the first usage within reach began, to the quarter of an hour; null before there is any.</summary>
    public async Task<DateTimeOffset?> FindFirstUseAsync(Reach reach, CancellationToken cancellationToken) =>
        await _begins.ReadAsync($"{reach}", () => queries.FindFirstUseAsync(reach, CancellationToken.None), null, cancellationToken) ?? await queries.FindFirstUseAsync(reach, cancellationToken);

    /// <summary>The values of a dimension to choose from, most used first: at most a minute old.</summary>
    public Task<IReadOnlyList<string>> ListValuesAsync(Reach reach, Dimension dimension, int limit, CancellationToken cancellationToken) =>
        _values.ReadAsync($"{reach}|{dimension}|{limit}", () => queries.ListValuesAsync(reach, dimension, limit, CancellationToken.None), null, cancellationToken);

    internal static string Key(Reach reach, BreakdownQuery query)
    {
        var key = new StringBuilder();
        key.Append(reach).Append('|').Append(query.From.UtcTicks).Append('|').Append(query.To.UtcTicks).Append('|').Append(query.Zone.Id).Append('|').Append(query.Grain);
        foreach (var facet in query.GroupBy) key.Append(',').Append(facet.Name.Length).Append(':').Append(facet.Name);
        key.Append('|').Append(query.Percentiles).Append('|').Append(query.FromEvents);
        foreach (var (facet, values) in query.Filter.All.OrderBy(static pair => pair.Facet.Name, StringComparer.Ordinal))
        {
            key.Append('|').Append(facet.Name.Length).Append(':').Append(facet.Name);
            foreach (var value in values) key.Append('=').Append(value is null ? -1 : value.Length).Append(':').Append(value);
        }
        return key.ToString();
    }
}
