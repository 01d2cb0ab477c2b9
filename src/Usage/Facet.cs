namespace AgentConsole.Usage;

/// <summary>What usage is grouped by: one of the dimensions, or the key of a tag.</summary>
public readonly record struct Facet
{
    /// <summary>In front of a tag's key, in the public API and in page URLs.</summary>
    public const string TagPrefix = "tag.";

    /// <summary>Characters of a tag's key.</summary>
    public const int MaxTagLength = 200;

    private readonly Dimension _known;

    private Facet(Dimension known, string? tag) => (_known, Tag) = (known, tag);

    /// <summary>Null when it is a tag.</summary>
    public Dimension? Known => Tag is null ? _known : null;

    /// <summary>The tag's key; null when it is a dimension.</summary>
    public string? Tag { get; }

    public string Name => Tag is null ? _known.Name() : TagPrefix + Tag;

    public static Facet OfTag(string key) => new(default, key);

    /// <summary>Null when it is neither a dimension nor a tag that can be.</summary>
    public static Facet? Parse(string? name)
    {
        if (TagKey(name) is { } key) return OfTag(key);
        return Dimensions.Parse(name) is { } known ? new(known, null) : null;
    }

    /// <summary>The key in a name such as <c>tag.env</c>; null when it is another name.</summary>
    public static string? TagKey(string? name) =>
        name is not null && name.StartsWith(TagPrefix, StringComparison.Ordinal) && name.Length > TagPrefix.Length && name.Length <= TagPrefix.Length + MaxTagLength && !name.Contains('\0')
            ? name[TagPrefix.Length..]
            : null;

    public static implicit operator Facet(Dimension known) => new(known, null);

    public override string ToString() => Name;
}
