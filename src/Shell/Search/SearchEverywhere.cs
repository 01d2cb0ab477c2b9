using System.Diagnostics;
using AgentConsole.Platform.Data;

namespace AgentConsole.Shell.Search;

/// <summary>
/// What the search box finds for one visitor: pages and deeds that are open to them, and what every source has within their reach. Sources are asked at once, each for so long and
/// no longer; one that fails or is late costs its own hits and is named.
/// </summary>
public sealed partial class SearchEverywhere(
    IEnumerable<ISearchSource> sources, IEnumerable<NavEntry> pages, IEnumerable<SearchAction> actions, IVisitor visitor, SearchOptions options, TimeProvider clock, ILogger<SearchEverywhere> log)
{
    public const int MaxText = 200;
    private const int MostOfAKind = 5;

    public async Task<SearchAnswer> ExecuteAsync(string text, Frame frame, CancellationToken cancellationToken)
    {
        var clean = Clean(text);
        var places = await PlacesAsync(clean, frame);
        if (clean.Length == 0) return new(clean, places, []);
        var open = new List<(ISearchSource Source, Reach Reach)>();
        foreach (var source in sources.OrderBy(static source => source.Kind.Order))
            if (await visitor.ReachAsync(source.Policy) is { IsNone: false } reach) open.Add((source, reach));
        var asked = await Task.WhenAll(open.Select(one => AskAsync(one.Source, new(clean, one.Reach, frame.Tenant, MostOfAKind), cancellationToken)));
        var groups = places.Concat(asked.Where(static one => one.Hits.Count > 0).Select(static one => Group(one.Kind, one.Hits)));
        // Who types an id as it is wants that; the order is stable, so that nothing jumps that need not.
        return new(clean, [.. groups.OrderByDescending(group => IsExact(group, clean))], [.. asked.Select(static one => one.Miss).OfType<SearchMiss>()]);
    }

    /// <summary>As every source may rely on.</summary>
    internal static string Clean(string text)
    {
        var kept = new string([.. text.Where(static character => !char.IsControl(character) && !char.IsSurrogate(character))]).Trim();
        return kept.Length > MaxText ? kept[..MaxText].Trim() : kept;
    }

    private static bool IsExact(SearchGroup group, string text) =>
        group.Hits.Any(hit => hit.Title.Equals(text, StringComparison.OrdinalIgnoreCase) || text.Equals(hit.Detail, StringComparison.OrdinalIgnoreCase));

    private async Task<(SearchKind Kind, IReadOnlyList<SearchHit> Hits, SearchMiss? Miss)> AskAsync(ISearchSource source, SearchAsk ask, CancellationToken cancellationToken)
    {
        var kind = source.Kind;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Off the renderer: nothing that a source does holds up the page, or the other sources.
            return (kind, await Task.Run(() => source.FindAsync(ask, late.Token), late.Token).WaitAsync(options.Ceiling, clock, cancellationToken), null);
        }
        catch (TimeoutException)
        {
            return (kind, [], new(kind.Label, IsLate: true));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, error, kind.Label, Activity.Current?.TraceId.ToString());
            return (kind, [], new(kind.Label, IsLate: false));
        }
        finally
        {
            await late.CancelAsync();
        }
    }

    private async Task<List<SearchGroup>> PlacesAsync(string text, Frame frame)
    {
        var groups = new List<SearchGroup>();
        var from = frame.Reach.IsNone ? frame.Url.Without("tenant") : frame.Url;
        var open = await OpenAsync(pages.OrderBy(static page => page.Group).ThenBy(static page => page.Order), static page => page.Policy);
        Add("Pages", open.Where(page => Fits(text, page.Label)).Select(page => new SearchOption(page.Icon, page.Label, from.To(page.Href).ToString(), null, null, null)));
        var deeds = await OpenAsync(actions.OrderBy(static action => action.Order), static action => action.Policy);
        Add("Actions", deeds.Where(action => Fits(text, $"{action.Label} {action.Words}")).Select(action => new SearchOption(action.Icon, action.Label, action.To?.Invoke(frame with { Url = from }), action.Presses, null, null)));
        return groups;

        void Add(string label, IEnumerable<SearchOption> options)
        {
            if (options.ToList() is { Count: > 0 } some) groups.Add(new(label, null, some));
        }
    }

    private async Task<List<T>> OpenAsync<T>(IEnumerable<T> all, Func<T, string?> policy)
    {
        var open = new List<T>();
        foreach (var one in all)
            if (policy(one) is not { } needed || !(await visitor.ReachAsync(needed)).IsNone) open.Add(one);
        return open;
    }

    /// <summary>Every word of the text begins one of the words.</summary>
    private static bool Fits(string text, string words)
    {
        var all = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(typed => all.Any(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)));
    }

    private static SearchGroup Group(SearchKind kind, IReadOnlyList<SearchHit> hits) =>
        new(kind.Label, kind.Means, [.. hits.Take(MostOfAKind).Select(hit => new SearchOption(kind.Icon, hit.Title, hit.Href, null, hit.Tenant, hit.Detail))]);

    /// <summary>Without the text: it may be a secret in the wrong field.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} could not be searched, trace {TraceId}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string kind, string? traceId);
}
