using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>A list of any length, of which few pages are held.</summary>
public sealed class RequestScrollTests
{
    private readonly List<string> reads = [];

    [Fact]
    public async Task Show_FirstRows_ReadsOnePage()
    {
        var scroll = Of(1_000);
        await scroll.ShowAsync(0, 69, CancellationToken.None);

        Assert.Equal(["read 0"], reads);
        Assert.Equal("r-0", scroll[0]!.Id);
        Assert.Equal("r-99", scroll[99]!.Id);
        Assert.Null(scroll[100]);
        Assert.True(scroll.Count > 100);
        Assert.False(scroll.IsEnded);
    }

    [Fact]
    public async Task Show_RowByRowToTheEnd_HasEveryRowAndHoldsFew()
    {
        var scroll = Of(1_234);
        for (var at = 0; at < 1_234; at += 25)
        {
            await scroll.ShowAsync(at, at + 60, CancellationToken.None);
            for (var index = at; index <= Math.Min(at + 60, 1_233); index++) Assert.Equal($"r-{index}", scroll[index]!.Id);
        }
        Assert.True(scroll.IsEnded);
        Assert.Equal(1_234, scroll.Count);
        Assert.DoesNotContain(reads, static read => read.StartsWith("skip", StringComparison.Ordinal));
        Assert.True(Enumerable.Range(0, 1_234).Count(index => scroll[index] is not null) <= 500);
    }

    [Fact]
    public async Task Show_FarAway_SkipsThereAtOnceAndBack()
    {
        var scroll = Of(50_000);
        scroll.Expect(50_000);
        Assert.Equal(50_000, scroll.Count);
        await scroll.ShowAsync(0, 50, CancellationToken.None);
        await scroll.ShowAsync(41_230, 41_290, CancellationToken.None);

        Assert.Equal("r-41230", scroll[41_230]!.Id);
        Assert.Equal(["read 0", "skip 100+41100", "read 41200"], reads);
        await scroll.ShowAsync(0, 50, CancellationToken.None);
        Assert.Equal("r-7", scroll[7]!.Id);
        await scroll.ShowAsync(41_100, 41_150, CancellationToken.None);
        Assert.Equal("r-41100", scroll[41_100]!.Id);
    }

    [Fact]
    public async Task Count_FewerThanExpected_EndsWhereTheListDoes()
    {
        var scroll = Of(250);
        scroll.Expect(900);
        await scroll.ShowAsync(800, 860, CancellationToken.None);
        Assert.True(scroll.Count <= 900);
        await scroll.ShowAsync(0, 249, CancellationToken.None);

        Assert.Equal(250, scroll.Count);
        Assert.Equal("r-249", scroll[249]!.Id);
    }

    [Fact]
    public async Task Origin_InTheMiddle_BeginsThereAndKnowsItsPages()
    {
        var scroll = Of(1_000, from: "300");
        await scroll.ShowAsync(0, 150, CancellationToken.None);

        Assert.Equal("r-300", scroll[0]!.Id);
        Assert.Equal("300", scroll.PlaceOf(0));
        Assert.Equal("r-419", RequestCursor.Parse(scroll.PlaceOf(120)!, RequestSort.OccurredAt, ascending: false)!.Id);
        Assert.Null(scroll[-1]);
        Assert.True(scroll.Has("300") && scroll.Has("400") && !scroll.Has(null));
        Assert.Equal(120, scroll.IndexOf(static row => row.Id == "r-420"));
        Assert.Null(scroll.IndexOf(static row => row.Id == "r-1"));
    }

    [Fact]
    public async Task Count_MoreThanABrowserCanDraw_GoesOnFromItsEnd()
    {
        var scroll = Of(10_000_000);
        scroll.Expect(10_000_000);
        Assert.Equal(RequestScroll.MostRows, scroll.Count);
        await scroll.ShowAsync(RequestScroll.MostRows - 40, RequestScroll.MostRows - 1, CancellationToken.None);

        Assert.Equal($"r-{RequestScroll.MostRows - 1}", scroll[RequestScroll.MostRows - 1]!.Id);
        Assert.Equal($"{RequestScroll.MostRows}", scroll.Beyond);
        Assert.False(scroll.IsEnded);
    }

    [Fact]
    public async Task Show_NoRows_IsAnEndedListOfNone()
    {
        var scroll = Of(0);
        await scroll.ShowAsync(0, 50, CancellationToken.None);

        Assert.True(scroll.IsEnded);
        Assert.Equal(0, scroll.Count);
    }

    /// <summary>Rows r-0, r-1, …; a cursor is the number of the row it leads to.</summary>
    private RequestScroll Of(int rows, string? from = null) => new(
        (query, _) =>
        {
            var at = At(query.Cursor);
            reads.Add($"read {at}");
            var end = Math.Min(rows, at + query.Limit);
            return Task.FromResult(new RequestPage([.. Enumerable.Range(at, Math.Max(0, end - at)).Select(Row)], end < rows ? $"{end}" : null));
        },
        (query, skipped, _) =>
        {
            reads.Add($"skip {At(query.Cursor)}+{skipped}");
            var to = At(query.Cursor) + skipped;
            return Task.FromResult(to <= rows ? $"{to}" : null);
        },
        new(SampleUsage.Now.AddDays(-7), SampleUsage.Now, UsageFilter.None, Cursor: from));

    private static int At(string? cursor) => cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);

    private static RequestRow Row(int number) => new(
        "acme", UsageSources.Native, $"r-{number}", SampleUsage.Now.AddSeconds(-number), "openai", "gpt-5", UsageStatus.Success, 200, null, null, null, default, 1, null, 100, null, 1, []);
}
