using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Tests.Usage.Rollups;

public sealed class RollupCoverTests
{
    private static readonly Dimension[][] Questions =
        [[Dimension.Model], [Dimension.User], [Dimension.Key], [Dimension.User, Dimension.Model], [Dimension.Key, Dimension.Status], [Dimension.User, Dimension.Key], [Dimension.Team], []];

    [Fact]
    public void Cover_OfAnyRange_TilesItWithoutGapOrOverlap()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var from = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(20_000_000));
            var to = from.AddSeconds(random.Next(1, round % 2 == 0 ? 5_000_000 : 50_000));
            var pieces = new List<Piece>();
            RollupCover.Add(pieces, 3, RollupCover.LevelsFor(Questions[round % Questions.Length]), from, to);

            Assert.Equal(from, pieces[0].From);
            Assert.Equal(to, pieces[^1].To);
            Assert.All(pieces.Zip(pieces.Skip(1)), static pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.All(pieces, static piece =>
            {
                Assert.True(piece.From < piece.To);
                Assert.Equal(3, piece.Bucket);
                if (piece.Level is { } level) Assert.Equal((piece.From, piece.To), (level.BucketOf(piece.From), level.BucketOf(piece.To)));
            });
        }
    }

    [Fact]
    public void Cover_OfAMonthOfUsers_UsesWeeks()
    {
        var pieces = new List<Piece>();
        RollupCover.Add(pieces, 0, RollupCover.LevelsFor([Dimension.User]), new(2026, 10, 22, 0, 0, 0, DateTimeKind.Utc), new(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal([RollupGrain.Day, RollupGrain.Week, RollupGrain.Day], pieces.Select(static piece => piece.Level!.Value.Grain));
        Assert.All(pieces, static piece => Assert.Equal(RollupKind.UserTotal, piece.Level!.Value.Kind));
    }

    [Fact]
    public void Levels_OfAQuestionThatNoRollupKnows_AreNone()
    {
        Assert.Empty(RollupCover.LevelsFor([Dimension.User, Dimension.Key]));
        Assert.Empty(RollupCover.LevelsFor([Dimension.Agent]));
    }

    [Fact]
    public void Runs_OfBucketsThatFollowEachOther_AreOneScan()
    {
        var pieces = new List<Piece>();
        var start = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var hour = 0; hour < 168; hour++)
            RollupCover.Add(pieces, hour, RollupCover.LevelsFor([Dimension.Model]), start.AddHours(hour), start.AddHours(hour + 1));
        var run = Assert.Single(RollupCover.Runs(pieces));
        Assert.Equal((start, start.AddHours(168)), (run.From, run.To));
    }
}
