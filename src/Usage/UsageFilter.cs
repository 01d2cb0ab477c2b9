namespace AgentConsole.Usage;

/// <summary>Which events are meant: for each named dimension one of the values; a null value means "not set". No tenant named means every tenant the reader may see.</summary>
public sealed record UsageFilter(IReadOnlyDictionary<Dimension, IReadOnlyList<string?>> Values)
{
    public static readonly UsageFilter None = new(new Dictionary<Dimension, IReadOnlyList<string?>>());

    public IReadOnlyList<string?> this[Dimension dimension] => Values.TryGetValue(dimension, out var values) ? values : [];

    public UsageFilter With(Dimension dimension, params string?[] values) =>
        new(new Dictionary<Dimension, IReadOnlyList<string?>>(Values) { [dimension] = values });

    public UsageFilter Without(Dimension dimension) =>
        new(Values.Where(pair => pair.Key != dimension).ToDictionary());
}
