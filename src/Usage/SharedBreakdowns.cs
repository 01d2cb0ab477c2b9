using System.Text;
using AgentConsole.Platform.Data;

namespace AgentConsole.Usage;

/// <summary>One answer for everyone who looks at the same thing with the same reach.</summary>
public sealed class SharedBreakdowns(UsageQueries queries, TimeProvider time)
{
    private readonly SharedAnswers<Breakdown> _answers = new(time);

    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<Breakdown> ReadAsync(Reach reach, BreakdownQuery query, DateTimeOffset? changedAt, CancellationToken cancellationToken) =>
        _answers.ReadAsync(Key(reach, query), () => queries.BreakdownAsync(reach, query, CancellationToken.None), changedAt, cancellationToken);

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
