using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Pricing;

/// <summary>A row that prices now, and its place in the store.</summary>
internal sealed record ActivePrice(Guid RowId, PriceRow Row);

/// <summary>The stored price rows. A writer locks its tenant's version row first, so that what it compares with stays as it is.</summary>
internal sealed partial class PriceStore(Database database, TimeProvider time, ILogger<PriceStore> logger)
{
    private const string Lock = """
        INSERT INTO price_versions AS v (tenant_id, version, changed_at) VALUES ($1, 1, clock_timestamp())
        ON CONFLICT (tenant_id) DO UPDATE SET version = v.version + 1, changed_at = clock_timestamp()
        """;

    private const string Insert = """
        INSERT INTO price_rows (tenant_id, row_id, price_id, price_key, document, origin, added_at, added_by)
        SELECT $1, d.row_id, d.price_id, d.price_key, d.document::jsonb, d.origin, $6, $7
        FROM unnest($2, $3, $4, $5, $8) AS d(row_id, price_id, price_key, document, origin)
        """;

    /// <summary>Rows that price come before retired ones of the same content, which the book then leaves out.</summary>
    private const string Read = """
        SELECT row_id, document::text, origin, added_at, retired_at IS NOT NULL AND retired_at <= $1 AS retired
        FROM price_rows WHERE added_at <= $1 ORDER BY retired, added_at DESC, row_id
        """;

    private const string ReadActive = "SELECT row_id, document::text, origin, added_at, false FROM price_rows WHERE tenant_id = $1 AND retired_at IS NULL";

    /// <summary>Grows with every change of any tenant's prices.</summary>
    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand("SELECT coalesce(sum(version), 0)::bigint FROM price_versions");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How long ago prices changed last; null when they never did.</summary>
    public async Task<TimeSpan?> AgeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand("SELECT clock_timestamp() - max(changed_at) FROM price_versions");
        return await command.ExecuteScalarAsync(cancellationToken) as TimeSpan?;
    }

    /// <summary>All stored rows, retired ones too: they explain what they priced. With <paramref name="asOf"/>, as they were then.</summary>
    public async Task<IReadOnlyList<PriceRow>> ReadAsync(DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(Read);
        command.Parameters.Add(new() { Value = (asOf ?? DateTimeOffset.MaxValue).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var rows = await ReadRowsAsync(command, cancellationToken);
        return [.. rows.Select(static stored => stored.Row)];
    }

    /// <summary>Counts the change and keeps other writers of the tenant's prices out until the transaction ends.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { new() { Value = tenant } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ActivePrice>> ReadActiveAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadActive, connection) { Parameters = { new() { Value = tenant } } };
        return await ReadRowsAsync(command, cancellationToken);
    }

    /// <summary>Retires first: among active rows a key is unique.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, string tenant, IReadOnlyList<Guid> retired, IReadOnlyList<PriceRow> added, Actor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (retired.Count > 0)
        {
            await using var retire = new NpgsqlCommand("UPDATE price_rows SET retired_at = $3 WHERE tenant_id = $1 AND row_id = ANY($2) AND retired_at IS NULL", connection);
            retire.Parameters.Add(new() { Value = tenant });
            retire.Parameters.Add(new() { Value = retired.ToArray() });
            retire.Parameters.Add(new() { Value = now.UtcDateTime });
            await retire.ExecuteNonQueryAsync(cancellationToken);
        }
        if (added.Count == 0) return;
        await using var insert = new NpgsqlCommand(Insert, connection);
        insert.Parameters.Add(new() { Value = tenant });
        insert.Parameters.Add(new() { Value = added.Select(_ => Guid.CreateVersion7(now)).ToArray() });
        insert.Parameters.Add(new() { Value = added.Select(static row => row.Id).ToArray() });
        insert.Parameters.Add(new() { Value = added.Select(static row => row.Key).ToArray() });
        insert.Parameters.Add(new() { Value = added.Select(static row => PriceJson.Write(row).ToJsonString()).ToArray() });
        insert.Parameters.Add(new() { Value = now.UtcDateTime });
        insert.Parameters.Add(new() { Value = actor.Name });
        insert.Parameters.Add(new() { Value = added.Select(static row => row.Origin.Name()).ToArray() });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<ActivePrice>> ReadRowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<ActivePrice>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, document) = (reader.GetGuid(0), reader.GetString(1));
            using var json = JsonDocument.Parse(document);
            var row = PriceJson.Read(json.RootElement, PriceOrigins.Parse(reader.GetString(2)));
            if (row.Ok) rows.Add(new(id, row.Value with { AddedAt = reader.GetFieldValue<DateTimeOffset>(3), Retired = reader.GetBoolean(4) }));
            else LogUnreadable(logger, id, row.Error.Message);
        }
        return rows;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored price {Id} cannot be read and prices nothing: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, Guid id, string reason);
}
