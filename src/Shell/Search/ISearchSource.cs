using AgentConsole.Platform.Data;

namespace AgentConsole.Shell.Search;

/// <summary>One kind of thing that the search box finds. The feature that knows it registers one, as a singleton.</summary>
public interface ISearchSource
{
    SearchKind Kind { get; }

    /// <summary>Asked only for who has it somewhere, and only for there.</summary>
    string Policy { get; }

    /// <summary>The best few, by an index: it is asked while someone types, and what comes too late is not shown.</summary>
    Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken);
}

/// <param name="Order">Among the kinds, ascending, where none fits exactly.</param>
/// <param name="Label">In the plural: Users.</param>
/// <param name="Means">What of it is compared, and how far back: "ids that begin with it".</param>
public sealed record SearchKind(int Order, string Label, string Icon, string Means);

/// <param name="Text">Trimmed, not empty, of no control characters, at most <see cref="SearchEverywhere.MaxText"/>.</param>
/// <param name="Reach">Where the visitor has the source's policy: nothing else may be found.</param>
/// <param name="Tenant">The one looked at, whose hits come first; null: none.</param>
/// <param name="Most">More are not shown.</param>
public sealed record SearchAsk(string Text, Reach Reach, string? Tenant, int Most)
{
    /// <summary>Behind every text that begins with <see cref="Text"/>, byte by byte: a range that an index serves under row-level security, where LIKE would not.</summary>
    public string End => Text + "\U0010FFFF";
}

/// <param name="Href">A page of this console, with its state.</param>
/// <param name="Tenant">Null: of the platform, or of none.</param>
/// <param name="Detail">What else tells it from others.</param>
public sealed record SearchHit(string Title, string Href, string? Tenant = null, string? Detail = null);
