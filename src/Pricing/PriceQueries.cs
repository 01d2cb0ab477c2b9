using System.Globalization;
using System.Text;
using AgentConsole.Platform.Data;

namespace AgentConsole.Pricing;

/// <summary>Which prices are asked for.</summary>
/// <param name="Model">A model's name: the rows that would price it.</param>
/// <param name="Search">A part of the provider's or model's name.</param>
/// <param name="Limit">1 to 1000.</param>
public sealed record PriceQuery(
    string? Provider = null, string? Model = null, string? Search = null, bool Retired = false, string? Cursor = null, int Limit = 100);

/// <summary>A row of the list, and what it is good for now.</summary>
public sealed record ListedPrice(PriceRow Row, PriceStanding Standing);

/// <param name="Total">Rows that fit, on all pages.</param>
/// <param name="NextCursor">Null on the last page.</param>
public sealed record PricePage(IReadOnlyList<ListedPrice> Items, int Total, string? NextCursor);

/// <summary>Reads of the price book, by provider, model and date.</summary>
public sealed class PriceQueries
{
    private readonly CurrentPrices _current;
    private readonly PriceStore _store;
    private readonly TimeProvider _time;

    internal PriceQueries(CurrentPrices current, PriceStore store, TimeProvider time) => (_current, _store, _time) = (current, store, time);

    /// <summary>List prices, and the contracts of the tenants within reach.</summary>
    public PricePage List(Reach reach, PriceQuery query)
    {
        var (book, now) = (_current.Book, _time.GetUtcNow());
        var after = query.Cursor is null ? null : Decode(query.Cursor);
        List<(string Place, PriceRow Row)> fitting =
            [.. book.Rows.Where(row => (row.Tenant is null || reach.Includes(row.Tenant)) && Fits(row, query)).Select(static row => (Place: Place(row), row)).OrderBy(static item => item.Place, StringComparer.Ordinal)];
        List<(string Place, PriceRow Row)> page =
            [.. fitting.Where(item => after is null || string.CompareOrdinal(item.Place, after) > 0).Take(query.Limit + 1)];
        var next = page.Count > query.Limit ? Encode(page[query.Limit - 1].Place) : null;
        return new([.. page.Take(query.Limit).Select(item => new ListedPrice(item.Row, book.StandingOf(item.Row, now)))], fitting.Count, next);
    }

    /// <summary>The book as it was at a moment, whatever has changed since.</summary>
    public async Task<PriceBook> BookAtAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        new([.. PriceBook.Seed.Rows, .. await _store.ReadAsync(at, cancellationToken)]);

    /// <summary>Whether every node prices by the book as it is now: prices have not changed for longer than nodes need to notice, and than events wait to be written.</summary>
    public async Task<bool> IsSettledAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        await _store.AgeAsync(cancellationToken) is not { } age || age >= patience;

    public static bool IsCursor(string text) => Decode(text) is not null;

    private static bool Fits(PriceRow row, PriceQuery query) =>
        (query.Retired || !row.Retired)
        && (query.Provider is null || row.Provider == Providers.Canonical(query.Provider))
        && (query.Model is null || row.Model.Equals(query.Model, StringComparison.OrdinalIgnoreCase) || row.Match.Matches(query.Model))
        && (query.Search is null || $"{row.Provider}/{row.Model}".Contains(query.Search, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where the row stands in the list: a model's dates together, newest first.</summary>
    private static string Place(PriceRow row) => string.Join('\u0001',
        row.Provider, row.Model, row.Tenant ?? "", row.Tier, row.MinInputTokens.ToString("D19", CultureInfo.InvariantCulture),
        (DateTime.MaxValue.Ticks - (row.ValidFrom?.UtcTicks ?? 0)).ToString("D19", CultureInfo.InvariantCulture), row.Retired ? "1" : "0", row.Id);

    private static string Encode(string place) => Convert.ToBase64String(Encoding.UTF8.GetBytes(place)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string? Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
