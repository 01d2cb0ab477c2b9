namespace AgentConsole.Usage;

/// <summary>Which events are meant: for each named dimension one of the values; a null value means "not set". No tenant named means every tenant the reader may see.</summary>
public sealed record UsageFilter(IReadOnlyDictionary<Dimension, IReadOnlyList<string?>> Values)
{
    private static readonly Dictionary<string, IReadOnlyList<string?>> NoTags = [];

    public static readonly UsageFilter None = new(new Dictionary<Dimension, IReadOnlyList<string?>>());

    /// <summary>The same for the keys of tags.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string?>> Tags { get; init; } = NoTags;

    public IReadOnlyList<string?> this[Dimension dimension] => Values.TryGetValue(dimension, out var values) ? values : [];

    public IReadOnlyList<string?> this[Facet facet] => facet.Tag is null ? this[facet.Known!.Value] : Tags.TryGetValue(facet.Tag, out var values) ? values : [];

    /// <summary>Every name that is filtered by, with its values.</summary>
    public IEnumerable<(Facet Facet, IReadOnlyList<string?> Values)> All =>
        Values.Select(static pair => ((Facet)pair.Key, pair.Value)).Concat(Tags.Select(static pair => (Facet.OfTag(pair.Key), pair.Value)));

    public UsageFilter With(Dimension dimension, params string?[] values) =>
        this with { Values = new Dictionary<Dimension, IReadOnlyList<string?>>(Values) { [dimension] = values } };

    public UsageFilter With(Facet facet, params string?[] values) => facet.Tag is null
        ? With(facet.Known!.Value, values)
        : this with { Tags = new Dictionary<string, IReadOnlyList<string?>>(Tags) { [facet.Tag] = values } };

    public UsageFilter Without(Dimension dimension) =>
        this with { Values = Values.Where(pair => pair.Key != dimension).ToDictionary() };
}
