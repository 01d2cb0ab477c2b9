namespace AgentConsole.Usage.Pages;

/// <summary>
/// A list of requests of any length, of which only the pages around what is looked at are held. Each page is read from where the one before it ended; a page further away is found by
/// skipping from the nearest one that is known.
/// </summary>
/// <param name="read">Reads a page.</param>
/// <param name="skip">Finds the cursor so many rows further on.</param>
/// <param name="question">What is listed, and from where on.</param>
public sealed class RequestScroll(
    Func<RequestQuery, CancellationToken, Task<RequestPage>> read, Func<RequestQuery, int, CancellationToken, Task<string?>> skip, RequestQuery question)
{
    public const int PageSize = 100;
    /// <summary>One scroll is no higher than a browser can draw; the list goes on from its end.</summary>
    public const int MostRows = 200_000;

    private const int MostPages = 5;
    private const int MostStarts = 400;

    private readonly SortedDictionary<int, string?> starts = new() { [0] = question.Cursor };
    private readonly Dictionary<int, IReadOnlyList<RequestRow>> pages = [];
    private int? end;
    private long total;

    public RequestQuery Question => question;

    /// <summary>The same for a list that is read anew, another for another list.</summary>
    public string Key { get; init; } = "";

    /// <summary>Rows to scroll through, as far as is known; from the question's cursor on.</summary>
    public int Count => end ?? (int)Math.Min(MostRows, Math.Max(total, Frontier + 1));

    /// <summary>Whether <see cref="Count"/> is all there is.</summary>
    public bool IsEnded => end is { } rows && rows < MostRows;

    /// <summary>Where the list goes on after the most that one scroll holds; null when it does not.</summary>
    public string? Beyond => starts.GetValueOrDefault(MostRows / PageSize);

    /// <summary>Null while its page is not held, and beyond either end.</summary>
    public RequestRow? this[int index] => index >= 0 && pages.TryGetValue(index / PageSize, out var page) && index % PageSize < page.Count ? page[index % PageSize] : null;

    /// <summary>How many there are in all, by another way of counting: a scroll bar of the right length from the start.</summary>
    public void Expect(long rows) => total = question.Cursor is null ? rows : 0;

    /// <summary>Makes the rows [first, last] available, as far as there are so many.</summary>
    public async Task ShowAsync(int first, int last, CancellationToken cancellationToken)
    {
        var (from, to) = (Math.Max(0, first) / PageSize, Math.Min(Math.Max(0, last), MostRows - 1) / PageSize);
        for (var page = from; page <= to && !(end <= page * PageSize && page > 0); page++)
            if (!pages.ContainsKey(page))
                await LoadAsync(page, cancellationToken);
        foreach (var far in pages.Keys.Where(page => page < from || page > to).OrderByDescending(page => Math.Max(from - page, page - to)).Take(Math.Max(0, pages.Count - Math.Max(MostPages, to - from + 1))).ToList())
            pages.Remove(far);
    }

    /// <summary>From where on a list begins with this row; null at the very beginning.</summary>
    public string? PlaceOf(int index) => index > 0 && this[index - 1] is { } before ? RequestCursor.After(before, question).ToString() : starts[0];

    /// <summary>Whether a page that is known begins there.</summary>
    public bool Has(string? cursor) => starts.ContainsValue(cursor);

    /// <summary>The row's place; null when its page is not held.</summary>
    public int? IndexOf(Func<RequestRow, bool> isMeant)
    {
        foreach (var (page, rows) in pages)
            for (var at = 0; at < rows.Count; at++)
                if (isMeant(rows[at]))
                    return page * PageSize + at;
        return null;
    }

    /// <summary>The row after the last one that is known to be there.</summary>
    private int Frontier => starts.Keys.Last() * PageSize + (pages.TryGetValue(starts.Keys.Last(), out var last) ? last.Count - 1 : 0);

    private async Task LoadAsync(int page, CancellationToken cancellationToken)
    {
        var known = starts.Keys.Last(start => start <= page);
        if (known < page)
        {
            if (await skip(question with { Cursor = starts[known], Limit = PageSize }, (page - known) * PageSize, cancellationToken) is not { } cursor)
            {
                // The list ends before: what was expected was more than there is.
                total = 0;
                return;
            }
            starts[page] = cursor;
        }
        var answer = await read(question with { Cursor = starts[page], Limit = PageSize }, cancellationToken);
        pages[page] = answer.Items;
        if (answer.NextCursor is { } next) starts[page + 1] = next;
        else end = page * PageSize + answer.Items.Count;
        Thin(page);
    }

    /// <summary>Every second start that is far away can be found again by skipping.</summary>
    private void Thin(int page)
    {
        if (starts.Count <= MostStarts) return;
        foreach (var (start, place) in starts.Keys.Select(static (start, place) => (start, place)).ToList())
            if (place % 2 == 1 && Math.Abs(start - page) > MostPages && start < MostRows / PageSize)
                starts.Remove(start);
    }
}
