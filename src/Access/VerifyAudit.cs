using System.Data;
using System.Text.Json;
using AgentConsole.Access.Audit;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;

namespace AgentConsole.Access;

public enum AuditFlaw { Altered, Missing, Unlinked, Truncated, Beyond, Headless, Unanchored }

/// <param name="Words">What is wrong with that entry, as the end of a sentence that begins with it.</param>
public sealed record AuditBreak(long Sequence, AuditFlaw Flaw, string Words);

/// <summary>Where a chain ends: how many entries, and the hash of the last, in hexadecimal.</summary>
public sealed record AuditChainHead(string Tenant, long Entries, string Hash);

/// <param name="Head">As the entries themselves say it.</param>
/// <param name="Breaks">At most 50; empty: the chain is whole.</param>
public sealed record AuditChainVerdict(string Tenant, long Entries, AuditChainHead Head, IReadOnlyList<AuditBreak> Breaks);

public sealed record AuditVerdict(IReadOnlyList<AuditChainVerdict> Chains)
{
    public long Entries => Chains.Sum(static chain => chain.Entries);

    public bool IsWhole => Chains.All(static chain => chain.Breaks.Count == 0);
}

public sealed record AuditProgress(long Verified, long Expected);

/// <summary>Reads whole chains and recomputes them: every entry's hash, its link to the one before, the head at the end, and the hashes that were noted in the platform's own log.</summary>
public sealed class VerifyAudit(Database database)
{
    private const int TellEvery = 5_000;

    private static readonly IReadOnlyDictionary<long, string> NoAnchors = new Dictionary<long, string>();

    /// <summary>Anchors are read no further back: each names the chains that have grown since the one before.</summary>
    private const int MaxAnchors = 400;

    /// <summary>Of one tenant (the empty string is the platform's own log), or of all that the caller may read. Fails with <see cref="NotAllowed"/>.</summary>
    public async Task<Result<AuditVerdict>> ExecuteAsync(string? tenant, Caller caller, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var reach = caller.ReachOf(Permission.ReadAudit);
        if (reach.IsNone || (tenant is not null && !reach.Includes(tenant))) return caller.Refuse("audit.verify");
        // One snapshot: entries that are added meanwhile are in neither the heads nor the chains.
        await using var session = await database.BeginAsync(reach, cancellationToken, IsolationLevel.RepeatableRead);
        var scope = new Scope(reach, tenant);
        var heads = await HeadsAsync(session.Connection, scope, cancellationToken);
        var anchors = reach.IsPlatform ? await AnchorsAsync(session.Connection, cancellationToken) : [];
        return new AuditVerdict(await FollowAsync(session.Connection, scope, heads, anchors, progress, cancellationToken));
    }

    private sealed record Scope(Reach Reach, string? Tenant)
    {
        public NpgsqlCommand Command(NpgsqlConnection connection, string select, string order)
        {
            if (Reach.IsPlatform && Tenant is null) return new NpgsqlCommand($"{select} {order}", connection);
            return new NpgsqlCommand($"{select} WHERE tenant_id = ANY($1) {order}", connection) { Parameters = { new() { Value = Tenant is null ? Reach.Tenants.ToArray() : [Tenant] } } };
        }

        public bool Includes(string tenant) => Tenant is null || Tenant == tenant;
    }

    private static async Task<Dictionary<string, AuditHead>> HeadsAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellationToken)
    {
        var heads = new Dictionary<string, AuditHead>(StringComparer.Ordinal);
        await using var command = scope.Command(connection, "SELECT tenant_id, sequence, hash FROM audit_heads", "");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            heads[reader.GetString(0)] = new() { TenantId = reader.GetString(0), Sequence = reader.GetInt64(1), Hash = reader.GetFieldValue<byte[]>(2) };
        return heads;
    }

    private static async Task<Dictionary<string, IReadOnlyDictionary<long, string>>> AnchorsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var anchors = new Dictionary<string, Dictionary<long, string>>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand($"SELECT after::text FROM audit_entries WHERE tenant_id = '' AND action = '{AnchorAudit.Action}' ORDER BY sequence DESC LIMIT {MaxAnchors}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0)) continue;
            foreach (var (tenant, head) in AnchorAudit.Read(reader.GetString(0)))
            {
                if (!anchors.TryGetValue(tenant, out var own)) anchors[tenant] = own = [];
                own.TryAdd(head.Entries, head.Hash);
            }
        }
        return anchors.ToDictionary(static pair => pair.Key, static pair => (IReadOnlyDictionary<long, string>)pair.Value, StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyList<AuditChainVerdict>> FollowAsync(
        NpgsqlConnection connection, Scope scope, Dictionary<string, AuditHead> heads, Dictionary<string, IReadOnlyDictionary<long, string>> anchors,
        IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var verdicts = new List<AuditChainVerdict>();
        var hasher = new AuditHasher();
        var (verified, expected) = (0L, heads.Values.Sum(static head => head.Sequence));
        (string Tenant, AuditChain Chain)? current = null;
        await using (var command = scope.Command(connection, $"SELECT {AuditEntry.Columns} FROM audit_entries", "ORDER BY tenant_id, sequence"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
            {
                var entry = AuditEntry.Of(reader);
                if (current?.Tenant != entry.TenantId)
                {
                    End();
                    current = (entry.TenantId, new(entry.TenantId, hasher, anchors.GetValueOrDefault(entry.TenantId, NoAnchors)));
                }
                current.Value.Chain.Add(entry);
                if (++verified % TellEvery == 0) progress?.Report(new(verified, Math.Max(verified, expected)));
            }
        End();
        // What has no entry at all, and should.
        foreach (var tenant in heads.Keys.Union(anchors.Keys).Except(verdicts.Select(static verdict => verdict.Tenant)).Where(scope.Includes).ToArray())
            verdicts.Add(new AuditChain(tenant, hasher, anchors.GetValueOrDefault(tenant, NoAnchors)).End(heads.GetValueOrDefault(tenant)));
        progress?.Report(new(verified, verified));
        return [.. verdicts.OrderBy(static verdict => verdict.Tenant, StringComparer.Ordinal)];

        void End()
        {
            if (current is { } ended) verdicts.Add(ended.Chain.End(heads.GetValueOrDefault(ended.Tenant)));
        }
    }
}
