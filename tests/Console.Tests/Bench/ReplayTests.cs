using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentConsole.Bench.Load;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Bench;

/// <summary>A public trace goes in as LiteLLM callbacks and comes out as the same sums, once, however often it is sent.</summary>
public sealed class ReplayTests : IClassFixture<PostgresFixture>
{
    private const int BatchSize = 500;

    private readonly PostgresFixture _postgres;

    public ReplayTests(PostgresFixture postgres) => _postgres = postgres;

    [Fact]
    public Task Replay_SyntheticTrace_CountsOnceAndAddsUp() => ReplayAsync(TraceFile.Read(new StringReader(Synthetic(1_500))));

    [SharedDataFact]
    public Task Replay_RealTrace_CountsOnceAndAddsUp() => ReplayAsync(TraceFile.Read(SharedData.PathOf("azure-llm-inference-2023-code.csv")));

    [Fact]
    public void Read_Trace_KeepsTimesAndCounts()
    {
        var rows = TraceFile.Read(new StringReader("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n"));
        Assert.Equal(
            [new TraceRow(0, new DateTimeOffset(2023, 11, 16, 18, 17, 3, TimeSpan.Zero).AddTicks(9_799_600), 4808, 10),
             new TraceRow(1, new DateTimeOffset(2023, 11, 16, 18, 17, 4, TimeSpan.Zero).AddTicks(319_600), 3180, 8)],
            rows);
    }

    [Fact]
    public void Batch_Payload_SaysPromptTokensWithTheCacheInside()
    {
        var request = Enumerable.Range(0, 200).Select(static number => new TraceRequest(new TraceRow(number, DateTimeOffset.UnixEpoch.AddDays(20_000), 800, 40)))
            .First(static request => request is { CacheRead: > 0, CacheWrite: > 0 });
        using var json = JsonDocument.Parse(LiteLlmPayload.Batch([request]));
        var item = json.RootElement[0];
        var usage = item.GetProperty("metadata").GetProperty("usage_object");
        Assert.Equal(800, item.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(400, usage.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(100, usage.GetProperty("cache_creation_input_tokens").GetInt32());
        Assert.Equal(300, request.Tokens.Input);
        Assert.Equal(1_728_000_000m, item.GetProperty("startTime").GetDecimal());
    }

    private async Task ReplayAsync(IReadOnlyList<TraceRow> rows)
    {
        await using var app = await ConsoleApp.StartAsync(_postgres);
        using var client = app.Client();
        List<TraceRequest> requests = [.. rows.Select(static row => new TraceRequest(row))];

        Assert.Equal((rows.Count, 0, 0), await SendAsync(client, requests));
        Assert.Empty(await TraceCheck.DifferencesAsync(client, requests, CancellationToken.None));

        Assert.Equal((0, rows.Count, 0), await SendAsync(client, requests));
        Assert.Empty(await TraceCheck.DifferencesAsync(client, requests, CancellationToken.None));
    }

    private static async Task<(int Accepted, int Duplicates, int Rejected)> SendAsync(HttpClient client, IReadOnlyList<TraceRequest> requests)
    {
        var answers = await Task.WhenAll(requests.Chunk(BatchSize).Select(batch => SendAsync(client, batch)));
        return (answers.Sum(static answer => answer.Accepted), answers.Sum(static answer => answer.Duplicates), answers.Sum(static answer => answer.Rejected));
    }

    private static async Task<(int Accepted, int Duplicates, int Rejected)> SendAsync(HttpClient client, TraceRequest[] batch)
    {
        using var body = new ByteArrayContent(LiteLlmPayload.Batch(batch)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await client.PostAsync("/api/v1/ingest/litellm", body);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("rejected").GetArrayLength());
    }

    /// <summary>Three hours around midnight and a change of month, in the format of the public trace.</summary>
    private static string Synthetic(int rows)
    {
        var random = new Random(7);
        var at = new DateTime(2026, 10, 31, 22, 40, 0, DateTimeKind.Utc);
        var text = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\n");
        for (var row = 0; row < rows; row++)
            text.Append($"{at = at.AddTicks(random.Next(1, 140_000_000)):yyyy-MM-dd HH:mm:ss.fffffff},{random.Next(0, 9_000)},{random.Next(1, 1_200)}\n");
        return text.ToString();
    }
}
