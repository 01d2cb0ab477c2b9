using System.Diagnostics;
using AgentConsole.Access;
using AgentConsole.Access.Audit;
using AgentConsole.Bench.Hosting;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Bench.Commands;

/// <summary>How fast a log is verified, and that whatever is done to it is found.</summary>
internal static class Audit
{
    private const double WantedRate = 100_000;
    private const string Tenant = "acme";

    private static readonly (string Name, string Do, string Undo)[] Tamperings =
    [
        ("edit", "UPDATE audit_entries SET subject = subject || '.' WHERE sequence = {0}", "UPDATE audit_entries SET subject = rtrim(subject, '.') WHERE sequence = {0}"),
        ("delete", "CREATE TEMP TABLE kept AS SELECT * FROM audit_entries WHERE sequence = {0}; DELETE FROM audit_entries WHERE sequence = {0}", "INSERT INTO audit_entries SELECT * FROM kept; DROP TABLE kept"),
        ("reorder", "UPDATE audit_entries SET sequence = -1 WHERE sequence = {0}; UPDATE audit_entries SET sequence = {0} WHERE sequence = {0} + 1; UPDATE audit_entries SET sequence = {0} + 1 WHERE sequence = -1",
            "UPDATE audit_entries SET sequence = -1 WHERE sequence = {0}; UPDATE audit_entries SET sequence = {0} WHERE sequence = {0} + 1; UPDATE audit_entries SET sequence = {0} + 1 WHERE sequence = -1"),
        ("truncate", "CREATE TEMP TABLE kept AS SELECT * FROM audit_entries WHERE sequence > {0}; DELETE FROM audit_entries WHERE sequence > {0}", "INSERT INTO audit_entries SELECT * FROM kept; DROP TABLE kept"),
    ];

    public static readonly Command Command = new(
        "audit", "[--rows 100000] [--rounds 3]",
        "Writes a chain of entries, verifies it, then edits, deletes, reorders and truncates at random places and verifies again: each must be found. Holds at 100,000 rows/s.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rows, rounds) = (arguments.Number("--rows", 100_000, 100, 10_000_000), arguments.Number("--rounds", 3, 1, 100));
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        await using var database = new Database(new PlatformOptions { Database = postgres.ConnectionString, DataDirectory = "" }, NullLogger<Database>.Instance);
        await database.OpenAsync(cancellationToken);
        await database.MigrateAsync(cancellationToken);
        await WriteAsync(database, rows, cancellationToken);
        var verify = new VerifyAudit(database);
        var best = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            var (breaks, rate) = await VerifyAsync(verify, rows, cancellationToken);
            if (breaks > 0) throw new InvalidOperationException("The untouched chain is broken.");
            Console.WriteLine($"verified   {rate,9:N0} rows/s, whole");
            best = Math.Max(best, rate);
        }
        Console.WriteLine($"floor      {await FloorAsync(database, cancellationToken),9:N0} rows/s only to read them");
        var missed = await TamperAsync(database, verify, rows, cancellationToken);
        Console.WriteLine($"result     {best:N0} rows/s (wanted: {WantedRate:N0}), {missed} tamperings unseen");
        return best >= WantedRate && missed == 0 ? 0 : 1;
    }

    private static async Task<(int Breaks, double Rate)> VerifyAsync(VerifyAudit verify, int rows, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var verdict = await verify.ExecuteAsync(Tenant, Caller.System, null, cancellationToken);
        return (verdict.Value!.Chains.Sum(static chain => chain.Breaks.Count), rows / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<int> TamperAsync(Database database, VerifyAudit verify, int rows, CancellationToken cancellationToken)
    {
        var missed = 0;
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        foreach (var (name, tamper, undo) in Tamperings)
        {
            var at = 1 + Random.Shared.Next(rows - 1);
            await Sql.ExecuteAsync(connection, string.Format(System.Globalization.CultureInfo.InvariantCulture, tamper, at), cancellationToken);
            var (breaks, rate) = await VerifyAsync(verify, rows, cancellationToken);
            await Sql.ExecuteAsync(connection, string.Format(System.Globalization.CultureInfo.InvariantCulture, undo, at), cancellationToken);
            if (breaks == 0) missed++;
            Console.WriteLine($"{name,-10} {rate,9:N0} rows/s, at entry {at:N0}: {(breaks > 0 ? $"found, {breaks} breaks" : "UNSEEN")}");
        }
        if ((await VerifyAsync(verify, rows, cancellationToken)).Breaks > 0) throw new InvalidOperationException("The chain is not what it was before.");
        return missed;
    }

    /// <summary>The same chain that the app would write one by one, in one COPY.</summary>
    private static async Task WriteAsync(Database database, int rows, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        var (hasher, previous) = (new AuditHasher(), Array.Empty<byte>());
        await using (var copy = await connection.BeginBinaryImportAsync("COPY audit_entries (tenant_id, sequence, at, actor, action, subject, before, after, address, trace_id, previous_hash, hash, on_behalf_of) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            for (var sequence = 1; sequence <= rows; sequence++)
            {
                var entry = Entry(sequence, previous);
                previous = entry.Hash = hasher.Hash(entry);
                await copy.StartRowAsync(cancellationToken);
                foreach (var ((value, type), column) in entry.Values().Select(static (pair, column) => (pair, column)))
                    if (value is null) await copy.WriteNullAsync(cancellationToken);
                    else await copy.WriteAsync(value, column is 6 or 7 ? NpgsqlDbType.Jsonb : type, cancellationToken);
            }
            await copy.CompleteAsync(cancellationToken);
        }
        await using var head = new NpgsqlCommand("INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, $2, $3)", connection) { Parameters = { new() { Value = Tenant }, new() { Value = (long)rows }, new() { Value = previous } } };
        await head.ExecuteNonQueryAsync(cancellationToken);
        await Sql.ExecuteAsync(connection, "VACUUM ANALYZE audit_entries", cancellationToken);
        Console.WriteLine($"written    {rows:N0} entries in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
    }

    private static AuditEntry Entry(int sequence, byte[] previous) => new()
    {
        TenantId = Tenant,
        Sequence = sequence,
        At = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(sequence),
        Actor = $"member:ada-{sequence % 17}@example.test",
        Action = "limit.change",
        Subject = $"limit-{sequence % 400}",
        // As PostgreSQL writes them, for that is what is hashed: shorter names first.
        Before = $$"""{"max": "25.00", "reason": "number {{sequence}}", "window": "day"}""",
        After = $$"""{"max": "40.00", "reason": "number {{sequence + 1}}", "window": "day"}""",
        Address = "203.0.113.7",
        TraceId = $"{sequence:x32}",
        OnBehalfOf = sequence % 10 == 0 ? "acme" : null,
        PreviousHash = previous,
    };

    private static async Task<double> FloorAsync(Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        return await Sql.DrainAsync(connection, $"SELECT {AuditEntry.Columns} FROM audit_entries ORDER BY tenant_id, sequence", cancellationToken) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
