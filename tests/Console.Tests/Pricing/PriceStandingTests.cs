using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Pricing;

/// <summary>What the price list says of a row is what the book does with it.</summary>
public sealed class PriceStandingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Seed_ImportedForTheSameNames_IsShadowedByIt()
    {
        var (seed, imported) = (Row(PriceOrigin.Seed, 1, "2026-01-01"), Row(PriceOrigin.Imported, 2));
        var book = new PriceBook([seed, imported]);
        Assert.Equal(new(StandingKind.Shadowed, "m", imported), book.StandingOf(seed, Now));
        Assert.Equal(new(StandingKind.InForce, "m"), book.StandingOf(imported, Now));
    }

    [Fact]
    public void Seed_ImportedForOneOfItsNames_IsInForceForTheOthers()
    {
        var (seed, imported) = (Row(PriceOrigin.Seed, 1), Row(PriceOrigin.Imported, 2, match: new PriceMatch.Exact("m")));
        var book = new PriceBook([seed, imported]);
        Assert.Equal(new(StandingKind.InForce, "m", imported), book.StandingOf(seed, Now));
        Assert.Equal(1, Cost(book, "m-20260102"));
        Assert.Equal(2, Cost(book, "m"));
    }

    [Fact]
    public void Prefix_CloserRow_LosesItsOwnNameOnly()
    {
        var (prefix, exact) = (Row(PriceOrigin.Entered, 1, match: new PriceMatch.Prefix("m")), Row(PriceOrigin.Entered, 2, match: new PriceMatch.Exact("m")));
        Assert.Equal(new(StandingKind.InForce, "m", exact), new PriceBook([prefix, exact]).StandingOf(prefix, Now));
    }

    [Fact]
    public void Dates_OneAfterTheOther_AreEarlierInForceAndLater()
    {
        var rows = new[] { Row(PriceOrigin.Imported, 1), Row(PriceOrigin.Imported, 2, "2026-06-01"), Row(PriceOrigin.Imported, 3, "2027-01-01") };
        var book = new PriceBook(rows);
        Assert.Equal([new(StandingKind.Earlier, "m", rows[1]), new(StandingKind.InForce, "m"), new(StandingKind.Later, "m", rows[1])], rows.Select(row => book.StandingOf(row, Now)));
    }

    [Fact]
    public void Ended_NothingAfterIt_IsEarlierAndNothingPricesItsModel()
    {
        var row = Row(PriceOrigin.Imported, 1) with { ValidTo = Now.AddDays(-1) };
        Assert.Equal(new(StandingKind.Earlier, "m"), new PriceBook([row]).StandingOf(row, Now));
    }

    [Fact]
    public void Seed_PricedUntilTheImportBegins_IsEarlier()
    {
        var (seed, imported) = (Row(PriceOrigin.Seed, 1), Row(PriceOrigin.Imported, 2, "2026-11-01"));
        Assert.Equal(new(StandingKind.Earlier, "m", imported), new PriceBook([seed, imported]).StandingOf(seed, Now));
    }

    [Fact]
    public void Windows_EachHoldsAtItsHours()
    {
        var (all, night) = (Row(PriceOrigin.Entered, 2), Row(PriceOrigin.Entered, 1) with { Window = new(new(22, 0), new(6, 0)) });
        var book = new PriceBook([all, night]);
        Assert.All(new[] { all, night }, row => Assert.Equal(StandingKind.InForce, book.StandingOf(row, Now).Kind));
    }

    [Fact]
    public void TiersAndSizes_AreAskedAboutAsSuch()
    {
        var rows = new[] { Row(PriceOrigin.Seed, 1), Row(PriceOrigin.Seed, 2) with { Tier = "batch" }, Row(PriceOrigin.Seed, 3) with { Tier = "flex" }, Row(PriceOrigin.Seed, 4) with { MinInputTokens = 200_001 } };
        var book = new PriceBook(rows);
        Assert.All(rows, row => Assert.Equal(new(StandingKind.InForce, "m"), book.StandingOf(row, Now)));
    }

    [Fact]
    public void Size_OfTheSeed_YieldsToAnImportWithoutSizes()
    {
        var (long_, imported) = (Row(PriceOrigin.Seed, 4) with { MinInputTokens = 200_001 }, Row(PriceOrigin.Imported, 1));
        Assert.Equal(new(StandingKind.Shadowed, "m", imported), new PriceBook([Row(PriceOrigin.Seed, 2), long_, imported]).StandingOf(long_, Now));
    }

    [Fact]
    public void Contract_WithItsOwnPriceOrOnlyADiscount_IsInForceAndLeavesTheListInForce()
    {
        var list = Row(PriceOrigin.Seed, 2);
        var own = Row(PriceOrigin.Entered, 1) with { Tenant = "acme" };
        var discount = Row(PriceOrigin.Entered, 1) with { Tenant = "other", PerMillion = UnitPrices.None, Discount = 0.1m };
        var everywhere = discount with { Tenant = "third", Provider = "*", Model = "*", Match = new PriceMatch.Pattern(".*") };
        var book = new PriceBook([list, own, discount, everywhere]);
        Assert.All(new[] { list, own, discount, everywhere }, row => Assert.Equal(StandingKind.InForce, book.StandingOf(row, Now).Kind));
    }

    [Fact]
    public void Retired_IsReplaced() => Assert.Equal(StandingKind.Replaced, new PriceBook([]).StandingOf(Row(PriceOrigin.Imported, 1) with { Retired = true }, Now).Kind);

    [Fact]
    public void Pattern_ThatTellsNoName_IsUnclear()
    {
        var row = Row(PriceOrigin.Entered, 1, match: new PriceMatch.Pattern("^house-[0-9]+$"));
        Assert.Equal(StandingKind.Unclear, new PriceBook([row]).StandingOf(row, Now).Kind);
    }

    [Fact]
    public void Clauses_Joined_AreAskedAboutByTheirWords()
    {
        var row = Row(PriceOrigin.Imported, 1, match: new PriceMatch.AllOf([new PriceMatch.Prefix("claude-"), new PriceMatch.Contains("opus")]));
        Assert.Equal(new(StandingKind.InForce, "claude-opus"), new PriceBook([row]).StandingOf(row, Now));
    }

    [Fact]
    public void Seed_AsItComes_HasNoRowThatPricesNothing()
    {
        var shadowed = PriceBook.Seed.Rows.Where(static row => PriceBook.Seed.StandingOf(row, Now).Kind is StandingKind.Shadowed or StandingKind.Unclear);
        Assert.Equal("", string.Join(' ', shadowed.Select(static row => row.Key)));
    }

    private static decimal Cost(PriceBook book, string model) => book.Price(new("", "acme-ai", model, Now, new TokenCounts { Input = 1_000_000 }))!.Value.Cost;

    private static PriceRow Row(PriceOrigin origin, decimal price, string? from = null, PriceMatch? match = null) => new()
    {
        Provider = "acme-ai", Model = "m", Match = match ?? new PriceMatch.Dated("m"), Origin = origin, Source = "test",
        ValidFrom = from is null ? null : DateTimeOffset.Parse(from + "Z"), PerMillion = UnitPrices.None.With(TokenBucket.Input, price),
    };
}
