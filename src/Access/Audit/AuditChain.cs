using System.Globalization;

namespace AgentConsole.Access.Audit;

/// <summary>Follows one tenant's entries in order and says where they are not what was written: changed, missing, moved, or cut off at the end.</summary>
/// <param name="anchors">Hashes of entries that were noted elsewhere, by sequence.</param>
internal sealed class AuditChain(string tenant, AuditHasher hasher, IReadOnlyDictionary<long, string> anchors)
{
    private const int MaxBreaks = 50;

    private readonly List<AuditBreak> _breaks = [];
    private byte[]? _previous = [];
    private long _expected = 1;
    private long _entries;

    public void Add(AuditEntry entry)
    {
        _entries++;
        if (entry.Sequence > _expected) Break(_expected, AuditFlaw.Missing, $"{Entries(_expected, entry.Sequence - 1)} missing");
        else if (_previous is not null && !Same(entry.PreviousHash, _previous)) Break(entry.Sequence, AuditFlaw.Unlinked, "does not follow the entry before it");
        if (!Same(entry.Hash, hasher.Hash(entry))) Break(entry.Sequence, AuditFlaw.Altered, "is not what was written");
        if (anchors.TryGetValue(entry.Sequence, out var anchored) && anchored != Hex(entry.Hash)) Break(entry.Sequence, AuditFlaw.Unanchored, "has another hash than was noted elsewhere");
        (_expected, _previous) = (entry.Sequence + 1, entry.Hash);
    }

    /// <summary>After the last entry: the head says how many there are, and which is the last.</summary>
    public AuditChainVerdict End(AuditHead? head)
    {
        var last = _expected - 1;
        if (head is null && last > 0) Break(last, AuditFlaw.Headless, "is there, and the head of the chain is not");
        else if (head?.Sequence > last) Break(last + 1, AuditFlaw.Truncated, $"{Entries(last + 1, head.Sequence)} missing at the end");
        else if (head?.Sequence < last) Break(head.Sequence + 1, AuditFlaw.Beyond, "is there, and the head of the chain does not know it");
        else if (head is not null && _previous is not null && !Same(head.Hash, _previous)) Break(last, AuditFlaw.Unlinked, "is not the one that the head of the chain knows");
        if (anchors.Count > 0 && anchors.Keys.Max() is var anchored && anchored > last) Break(last + 1, AuditFlaw.Truncated, $"{Entries(last + 1, anchored)} missing, of which one was noted elsewhere");
        return new(tenant, _entries, new(tenant, last, Hex(_previous ?? [])), _breaks);
    }

    internal static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private void Break(long sequence, AuditFlaw flaw, string words)
    {
        if (_breaks.Count < MaxBreaks) _breaks.Add(new(sequence, flaw, words));
    }

    private static string Entries(long first, long last) => first == last ? "is" : string.Create(CultureInfo.InvariantCulture, $"and those up to {last} are");

    private static bool Same(byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b);
}
