using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>Durable ingestion over HTTP, beside what PostgreSQL alone does with the same rows.</summary>
internal static class Ingest
{
    private const double WantedRate = 20_000;
    private const double WantedRatio = 0.4;

    public static readonly Command Command = new(
        "ingest",
        "[--events 300000] [--batch 500] [--connections 16]",
        "Starts the app on an empty embedded PostgreSQL (fsync on), posts native events, then copies the very rows into the emptied table by one raw binary COPY. Holds at 20,000 events/s, or 0.4 of the COPY.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var count = arguments.Number("--events", 300_000, 1_000, 5_000_000);
        var (batch, connections) = (arguments.Number("--batch", 500, 1, 10_000), arguments.Number("--connections", 16, 1, 256));
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        var rate = await IngestAsync(postgres.ConnectionString, folder, count, batch, connections, cancellationToken);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        var floor = await CopyAsync(source, cancellationToken);
        Console.WriteLine($"floor      {floor:N0} rows/s by one COPY of the same rows into the same table");
        Console.WriteLine($"ratio      {rate / floor:F2} (wanted: {WantedRate:N0} events/s, or {WantedRatio} of the floor)");
        return rate >= WantedRate || rate >= WantedRatio * floor ? 0 : 1;
    }

    private static async Task<double> IngestAsync(string connectionString, WorkFolder folder, int count, int batch, int connections, CancellationToken cancellationToken)
    {
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["ConnectionStrings__Console"] = connectionString }, cancellationToken);
        using (var warmUp = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", connections))
            await warmUp.SendAllAsync(NativeEvents.Batches(200 * batch, batch, "warm"), cancellationToken);
        List<byte[]> batches = [.. NativeEvents.Batches(count, batch, "run")];
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", connections);
        var started = Stopwatch.GetTimestamp();
        await client.SendAllAsync(batches, cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        if (client.Accepted != count) throw new InvalidOperationException($"{client.Accepted} of {count} accepted, {client.Rejected} rejected: {client.FirstRejection}");
        var rate = count / took.TotalSeconds;
        Console.WriteLine($"ingested   {rate:N0} events/s durable: {count:N0} events of {batches.Sum(static body => (long)body.Length) / count:N0} bytes in {took.TotalSeconds:F2} s");
        Console.WriteLine($"latency    {client.Latencies} per batch of {batch}, {connections} connections, {client.Retries} retries");
        Console.WriteLine($"memory     {app.ResidentBytes() >> 20} MB resident");
        return rate;
    }

    /// <summary>Rows a second: all rows are taken out, the table is emptied, and one COPY puts them back.</summary>
    private static async Task<double> CopyAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var chunks = new List<byte[]>();
        var columns = await ColumnsAsync(connection, cancellationToken);
        await using (var export = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT {columns} FROM usage_events) TO STDOUT (FORMAT BINARY)", cancellationToken))
        {
            var buffer = new byte[256 * 1024];
            for (int read; (read = await export.ReadAsync(buffer, cancellationToken)) > 0;) chunks.Add(buffer[..read]);
        }
        await Sql.ExecuteAsync(connection, "TRUNCATE usage_events; CHECKPOINT", cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await using (var import = await connection.BeginRawBinaryCopyAsync($"COPY usage_events ({columns}) FROM STDIN (FORMAT BINARY)", cancellationToken))
            foreach (var chunk in chunks) await import.WriteAsync(chunk, cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        return await Sql.CountAsync(connection, "SELECT count(*) FROM usage_events", cancellationToken) / took.TotalSeconds;
    }

    /// <summary>All but those that PostgreSQL computes.</summary>
    private static async Task<string> ColumnsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'usage_events'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''";
        await using var command = new NpgsqlCommand(Sql, connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
