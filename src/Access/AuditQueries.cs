using System.Globalization;
using System.Runtime.CompilerServices;
using AgentConsole.Access.Audit;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access;

/// <summary>What to look for, [from, to).</summary>
/// <param name="Action">A whole action, or its noun: <c>prices</c> finds <c>prices.add</c>, too.</param>
/// <param name="Search">Anywhere in who, what, where from, the trace, or the documents.</param>
public sealed record AuditFilter(DateTimeOffset From, DateTimeOffset To, string? Actor = null, string? Action = null, string? Search = null);

/// <summary>An entry as it is shown.</summary>
/// <param name="Before">JSON.</param>
/// <param name="After">JSON.</param>
/// <param name="Hash">Hexadecimal.</param>
public sealed record AuditRow(
    string Tenant, long Sequence, DateTimeOffset At, string Actor, string? OnBehalfOf, string Action, string Subject, string? Before, string? After, string? Address, string? TraceId, string Hash);

/// <param name="NextCursor">Null at the end.</param>
public sealed record AuditEntries(IReadOnlyList<AuditRow> Items, string? NextCursor);

/// <summary>The audit, newest first.</summary>
public sealed class AuditQueries(Database database)
{
    public const int MaxPage = 1000;

    /// <param name="limit">1 to 1000.</param>
    public async Task<AuditEntries> ListAsync(Reach reach, AuditFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        if (reach.IsNone) return new([], null);
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = Command(session.Connection, reach, filter, AuditCursor.Parse(cursor), Math.Min(limit, MaxPage) + 1);
        var rows = new List<AuditRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Row(AuditEntry.Of(reader)));
        if (rows.Count <= limit) return new(rows, null);
        rows.RemoveAt(limit);
        return new(rows, AuditCursor.After(rows[^1]).ToString());
    }

    /// <summary>The same entries in the same order, one by one; at most so many.</summary>
    public async IAsyncEnumerable<AuditRow> ReadAsync(Reach reach, AuditFilter filter, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (reach.IsNone) yield break;
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = Command(session.Connection, reach, filter, null, most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return Row(AuditEntry.Of(reader));
    }

    /// <summary>Where each log ends that is within reach, the platform's own first.</summary>
    public async Task<IReadOnlyList<AuditChainHead>> HeadsAsync(Reach reach, CancellationToken cancellationToken)
    {
        if (reach.IsNone) return [];
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = new NpgsqlCommand($"SELECT tenant_id, sequence, encode(hash, 'hex') FROM audit_heads {(reach.IsPlatform ? "" : "WHERE tenant_id = ANY($1)")} ORDER BY tenant_id LIMIT {MaxPage}", session.Connection);
        if (!reach.IsPlatform) command.Parameters.Add(new() { Value = reach.Tenants.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var heads = new List<AuditChainHead>();
        while (await reader.ReadAsync(cancellationToken)) heads.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return heads;
    }

    public static bool IsCursor(string cursor) => AuditCursor.Parse(cursor) is not null;

    private static NpgsqlCommand Command(NpgsqlConnection connection, Reach reach, AuditFilter filter, AuditCursor? after, int limit)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var conditions = new List<string>();
        if (!reach.IsPlatform) conditions.Add($"tenant_id = ANY({Add(reach.Tenants.ToArray())})");
        conditions.Add($"at >= {Add(filter.From.UtcDateTime, NpgsqlDbType.TimestampTz)} AND at < {Add(filter.To.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (filter.Actor is { } actor) conditions.Add($"actor = {Add(actor)}");
        if (filter.Action is { } action) conditions.Add($"(action = {Add(action)} OR starts_with(action, {Add(action + ".")}))");
        if (filter.Search is { } search) conditions.Add($"concat_ws(' ', actor, on_behalf_of, action, subject, address, trace_id, before::text, after::text) ILIKE {Add($"%{Literal(search)}%")}");
        if (after is not null)
            conditions.Add($"(at, tenant_id, sequence) < ({Add(after.At.UtcDateTime, NpgsqlDbType.TimestampTz)}, {Add(after.Tenant)}, {Add(after.Sequence)})");
        command.CommandText = $"SELECT {AuditEntry.Columns} FROM audit_entries WHERE {string.Join(" AND ", conditions)} ORDER BY at DESC, tenant_id DESC, sequence DESC LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        return command;

        string Add(object value, NpgsqlDbType? type = null)
        {
            var parameter = new NpgsqlParameter { Value = value };
            if (type is { } known) parameter.NpgsqlDbType = known;
            command.Parameters.Add(parameter);
            return $"${command.Parameters.Count}";
        }
    }

    /// <summary>Without a character that has a meaning in a pattern.</summary>
    private static string Literal(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    private static AuditRow Row(AuditEntry entry) => new(
        entry.TenantId, entry.Sequence, entry.At, entry.Actor, entry.OnBehalfOf, entry.Action, entry.Subject, entry.Before, entry.After, entry.Address, entry.TraceId, AuditChain.Hex(entry.Hash));
}
