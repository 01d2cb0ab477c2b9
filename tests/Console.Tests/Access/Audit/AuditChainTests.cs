using AgentConsole.Access;
using AgentConsole.Access.Audit;

namespace AgentConsole.Tests.Access.Audit;

/// <summary>Random tampering with chains in memory: none goes unseen.</summary>
public sealed class AuditChainTests
{
    private const int Entries = 40;

    private static readonly IReadOnlyDictionary<long, string> NoAnchors = new Dictionary<long, string>();

    private delegate bool Tampering(List<AuditEntry> entries, Random random);

    /// <summary>Each answers whether it changed anything.</summary>
    private static readonly Dictionary<string, Tampering> Tamperings = new()
    {
        ["edit"] = static (entries, random) => Edit(entries, random, rehash: false),
        ["edit with a fitting hash"] = static (entries, random) => Edit(entries, random, rehash: true),
        ["delete"] = static (entries, random) => entries.Remove(entries[random.Next(entries.Count)]),
        ["delete and close the gap"] = static (entries, random) =>
        {
            var at = random.Next(entries.Count - 1);
            entries.RemoveAt(at);
            for (var index = at; index < entries.Count; index++) entries[index] = Copy(entries[index], sequence: entries[index].Sequence - 1);
            return true;
        },
        ["reorder"] = static (entries, random) =>
        {
            var (one, other) = (random.Next(entries.Count), random.Next(entries.Count));
            (entries[one], entries[other]) = (Copy(entries[other], sequence: entries[one].Sequence), Copy(entries[one], sequence: entries[other].Sequence));
            return one != other;
        },
        ["truncate"] = static (entries, random) =>
        {
            var kept = random.Next(entries.Count);
            entries.RemoveRange(kept, entries.Count - kept);
            return true;
        },
        ["add at the end"] = static (entries, random) =>
        {
            entries.Add(Hashed(Copy(entries[^1], sequence: entries.Count + 1, previous: entries[^1].Hash, subject: $"s{random.Next()}")));
            return true;
        },
        ["rewrite from one on"] = static (entries, random) =>
        {
            var at = random.Next(entries.Count);
            entries[at] = Hashed(Copy(entries[at], subject: "another"));
            for (var index = at + 1; index < entries.Count; index++) entries[index] = Hashed(Copy(entries[index], previous: entries[index - 1].Hash));
            return true;
        },
    };

    [Fact]
    public void Chain_Untouched_IsWhole() => Assert.Empty(Follow(Chain(Entries, 1), Head(Chain(Entries, 1))));

    [Fact]
    public void Chain_RandomTampering_IsAlwaysFound()
    {
        foreach (var (kind, tamper) in Tamperings)
            for (var seed = 0; seed < 200; seed++)
            {
                var random = new Random(seed);
                var entries = Chain(2 + random.Next(Entries), seed);
                var head = Head(entries);
                if (!tamper(entries, random)) continue;
                Assert.True(Follow(entries, head).Count > 0, $"{kind}, seed {seed}");
            }
    }

    /// <summary>The same, of a log of the length that is promised: one change anywhere in it.</summary>
    [Fact]
    public void Chain_OfAHundredThousand_AnyEditDeletionReorderOrTruncation_IsFound()
    {
        var whole = Chain(100_000, 6);
        var head = Head(whole);
        Assert.Empty(Follow(whole, head));
        foreach (var (kind, tamper) in Tamperings)
            for (var seed = 0; seed < 3; seed++)
            {
                var entries = new List<AuditEntry>(whole);
                Assert.True(tamper(entries, new Random(seed)) && Follow(entries, head).Count > 0, $"{kind}, seed {seed}");
            }
    }

    /// <summary>Whoever may rewrite entries and head alike leaves a chain that is whole in itself: what was noted elsewhere contradicts it.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Chain_CutTogetherWithItsHead_ContradictsTheAnchor(int kept)
    {
        var entries = Chain(Entries, 3);
        var anchors = new Dictionary<long, string> { [35] = AuditChain.Hex(entries[34].Hash) };
        entries.RemoveRange(kept, Entries - kept);
        Assert.Empty(Follow(entries, Head(entries)));
        Assert.Equal(AuditFlaw.Truncated, Assert.Single(Follow(entries, Head(entries), anchors)).Flaw);
    }

    [Fact]
    public void Chain_RewrittenTogetherWithItsHead_ContradictsTheAnchor()
    {
        var entries = Chain(Entries, 4);
        var anchors = new Dictionary<long, string> { [35] = AuditChain.Hex(entries[34].Hash) };
        Tamperings["rewrite from one on"](entries, new Random(1));
        Assert.Equal(AuditFlaw.Unanchored, Assert.Single(Follow(entries, Head(entries), anchors)).Flaw);
    }

    /// <summary>Chains that began before there was a view-as are hashed as they were.</summary>
    [Fact]
    public void Hash_OnBehalfOf_CountsOnlyWhereItIs()
    {
        var entry = Chain(1, 5)[0];
        var same = new AuditHasher().Hash(entry);
        Assert.Equal(entry.Hash, same);
        Assert.NotEqual(same, new AuditHasher().Hash(Copy(entry, onBehalfOf: "acme")));
        Assert.NotEqual(same, new AuditHasher().Hash(Copy(entry, onBehalfOf: "")));
    }

    private static bool Edit(List<AuditEntry> entries, Random random, bool rehash)
    {
        var at = random.Next(entries.Count);
        var entry = entries[at];
        var edited = random.Next(5) switch
        {
            0 => Copy(entry, subject: entry.Subject + "x"),
            1 => Copy(entry, actor: "someone else"),
            2 => Copy(entry, at: entry.At.AddMicroseconds(1)),
            3 => Copy(entry, after: "{}"),
            _ => Copy(entry, onBehalfOf: "acme"),
        };
        entries[at] = rehash ? Hashed(edited) : edited;
        return true;
    }

    private static IReadOnlyList<AuditBreak> Follow(IEnumerable<AuditEntry> entries, AuditHead head, IReadOnlyDictionary<long, string>? anchors = null)
    {
        var chain = new AuditChain("acme", new(), anchors ?? NoAnchors);
        foreach (var entry in entries.OrderBy(entry => entry.Sequence)) chain.Add(entry);
        return chain.End(head).Breaks;
    }

    private static AuditHead Head(List<AuditEntry> entries) => new() { TenantId = "acme", Sequence = entries.Count, Hash = entries[^1].Hash };

    private static List<AuditEntry> Chain(int count, int seed)
    {
        var random = new Random(seed);
        var entries = new List<AuditEntry>();
        for (var sequence = 1; sequence <= count; sequence++)
            entries.Add(Hashed(new()
            {
                TenantId = "acme",
                Sequence = sequence,
                At = new DateTime(2026, 11, 20, 18, 0, 0, DateTimeKind.Utc).AddSeconds(sequence),
                Actor = "key:bootstrap",
                Action = "prices.add",
                Subject = $"subject {random.Next(3)}",
                After = random.Next(2) == 0 ? null : """{"a": 1}""",
                PreviousHash = sequence == 1 ? [] : entries[^1].Hash,
            }));
        return entries;
    }

    private static AuditEntry Hashed(AuditEntry entry)
    {
        entry.Hash = new AuditHasher().Hash(entry);
        return entry;
    }

    private static AuditEntry Copy(
        AuditEntry entry, long? sequence = null, string? subject = null, string? actor = null, DateTime? at = null, string? after = null, byte[]? previous = null, string? onBehalfOf = null) => new()
    {
        TenantId = entry.TenantId,
        Sequence = sequence ?? entry.Sequence,
        At = at ?? entry.At,
        Actor = actor ?? entry.Actor,
        Action = entry.Action,
        Subject = subject ?? entry.Subject,
        Before = entry.Before,
        After = after ?? entry.After,
        OnBehalfOf = onBehalfOf ?? entry.OnBehalfOf,
        PreviousHash = previous ?? entry.PreviousHash,
        Hash = entry.Hash,
    };
}
