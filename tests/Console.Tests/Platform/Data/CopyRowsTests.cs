using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using Npgsql;

namespace AgentConsole.Tests.Platform.Data;

/// <summary>What is copied is read back by the driver, which knows the form by itself.</summary>
public sealed class CopyRowsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Columns = "text text, json json, jsonb jsonb, list text[], yes boolean, small smallint, whole integer, big bigint, at timestamptz, money numeric, cost numeric(28, 12)";

    private sealed record Row(string? Text, string? Json, string? Jsonb, string[] List, bool Yes, short Small, int? Whole, long Big, DateTimeOffset At, decimal? Money, decimal? Cost);

    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, 123, 456, TimeSpan.FromHours(5.75));

    private static readonly Row[] Edges =
    [
        new(null, null, null, [], false, 0, null, 0, DateTimeOffset.UnixEpoch, null, null),
        new("", "[]", "{}", [""], true, short.MinValue, int.MinValue, long.MinValue, Noon, 0m, 0m),
        new("\t\\N\"', ü 漢 😀", """{"a":[1,null]}""", """{"a": 1}""", ["a", "", "{,}\"", "ü"], true, short.MaxValue, int.MaxValue, long.MaxValue, Noon.AddTicks(9), decimal.MaxValue, 0.000000000001m),
        new(new string('x', 300_000), null, null, [.. Enumerable.Repeat("y", 2000)], false, -1, -1, -1, Noon.AddYears(70), decimal.MinValue, -9_999_999_999_999_999.999999999999m),
        new(new string('漢', 200_000), null, null, [], false, 1, 1, 1, Noon.AddYears(-20), 0.0000000000000000000000000001m, 10_000m),
        new(null, null, null, [], false, 1, 1, 1, Noon, -79228162514.264337593543950335m, 10_000_000.0001m),
    ];

    private static IEnumerable<Row> Random(int count)
    {
        var random = new Random(20261120);
        for (var i = 0; i < count; i++)
        {
            var bits = new[] { random.Next(), random.Next(), random.Next() };
            for (var part = random.Next(4); part > 0; part--) bits[3 - part] = 0;
            var money = new decimal(bits[0], bits[1], bits[2], random.Next(2) == 0, (byte)random.Next(29));
            yield return new(
                random.Next(5) == 0 ? null : new string((char)random.Next(32, 0xD800), random.Next(60)), null, null, [.. Enumerable.Range(0, random.Next(3)).Select(static index => $"c{index}")],
                random.Next(2) == 0, (short)random.Next(), random.Next(), random.NextInt64(), Noon.AddMinutes(random.Next()), money, Math.Round((decimal)random.Next() / random.Next(1, 1_000_000), 12));
        }
    }

    [Fact]
    public async Task Rows_OfEveryKind_AreReadBackAsTheyWere()
    {
        Row[] rows = [.. Edges, .. Random(3000), .. Edges];
        await using var connection = await OpenAsync();
        await using (var copy = await CopyRows.BeginAsync(connection, "COPY rows FROM STDIN (FORMAT BINARY)", CancellationToken.None))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync(11, CancellationToken.None);
                copy.Text(row.Text);
                copy.Text(row.Json);
                copy.Jsonb(row.Jsonb);
                copy.TextArray(row.List);
                copy.Boolean(row.Yes);
                copy.Int16(row.Small);
                copy.Int32(row.Whole);
                copy.Int64(row.Big);
                copy.Time(row.At);
                copy.Decimal(row.Money);
                copy.Decimal(row.Cost);
            }
            await copy.CompleteAsync(CancellationToken.None);
        }

        await using var reader = await new NpgsqlCommand("SELECT *, money::text FROM rows", connection).ExecuteReaderAsync();
        foreach (var row in rows)
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(row.Text, Text(0));
            Assert.Equal(row.Json, Text(1));
            Assert.Equal(row.Jsonb, Text(2));
            Assert.Equal(row.List, reader.GetFieldValue<string[]>(3));
            Assert.Equal(row.Yes, reader.GetBoolean(4));
            Assert.Equal(row.Small, reader.GetInt16(5));
            Assert.Equal(row.Whole, reader.IsDBNull(6) ? null : reader.GetInt32(6));
            Assert.Equal(row.Big, reader.GetInt64(7));
            Assert.Equal(row.At.UtcTicks / TimeSpan.TicksPerMicrosecond, reader.GetDateTime(8).Ticks / TimeSpan.TicksPerMicrosecond);
            Assert.Equal(row.Money, reader.IsDBNull(9) ? null : reader.GetDecimal(9));
            Assert.Equal(row.Cost, reader.IsDBNull(10) ? null : reader.GetDecimal(10));
            // The scale too: 1.50 is not 1.5 to whoever reads it.
            Assert.Equal(row.Money?.ToString(System.Globalization.CultureInfo.InvariantCulture), Text(11));
        }
        Assert.False(await reader.ReadAsync());

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    [Fact]
    public async Task Copy_LeftInTheMiddle_AddsNothingAndTheConnectionGoesOn()
    {
        await using var connection = await OpenAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
        {
            await using var copy = await CopyRows.BeginAsync(connection, "COPY rows (text) FROM STDIN (FORMAT BINARY)", CancellationToken.None);
            for (var i = 0; i < 10_000; i++)
            {
                await copy.StartRowAsync(1, CancellationToken.None);
                copy.Text(i == 9_999 ? "\ud800" : new string('x', 100));
            }
        });
        Assert.Equal(0L, await new NpgsqlCommand("SELECT count(*) FROM rows", connection).ExecuteScalarAsync());
    }

    [Fact]
    public async Task Copy_ThatTheServerRefuses_SaysWhy()
    {
        await using var connection = await OpenAsync();
        var error = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var copy = await CopyRows.BeginAsync(connection, "COPY rows (json) FROM STDIN (FORMAT BINARY)", CancellationToken.None);
            await copy.StartRowAsync(1, CancellationToken.None);
            copy.Text("{not json");
            await copy.CompleteAsync(CancellationToken.None);
        });
        Assert.Equal("22P02", error.SqlState);
        Assert.Equal(0L, await new NpgsqlCommand("SELECT count(*) FROM rows", connection).ExecuteScalarAsync());
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(await postgres.CreateDatabaseAsync());
        await connection.OpenAsync();
        await using var make = new NpgsqlCommand($"CREATE TEMP TABLE rows ({Columns})", connection);
        await make.ExecuteNonQueryAsync();
        return connection;
    }
}
