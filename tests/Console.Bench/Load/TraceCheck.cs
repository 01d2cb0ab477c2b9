using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AgentConsole.Usage;

namespace AgentConsole.Bench.Load;

/// <summary>Compares what the breakdown API says of replayed requests with a sum made here, to the token and to the 12th decimal.</summary>
internal static class TraceCheck
{
    private sealed record Sums(long Requests, TokenCounts Tokens, decimal Cost)
    {
        public static readonly Sums Zero = new(0, default, 0);

        public static Sums operator +(Sums a, Sums b) => new(a.Requests + b.Requests, a.Tokens + b.Tokens, a.Cost + b.Cost);
    }

    /// <summary>What a group is called by the API, and how to tell a request's.</summary>
    private static readonly (string Grain, string GroupBy, Func<TraceRequest, string> Group)[] Cuts =
    [
        ("total", "model", static request => request.Model.Name),
        ("total", "provider", static request => request.Model.Provider),
        ("total", "user", static request => request.User),
        ("total", "key", static request => request.Key),
        ("total", "tenant", static request => request.Tenant),
        ("hour", "", static request => Hour(request.Row.At)),
        // No rollup knows this one: it is summed from the events themselves.
        ("total", "operation", static _ => "chat"),
    ];

    /// <summary>Every difference, in words; none when all is right. The store must hold nothing else in the range.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(HttpClient http, IReadOnlyList<TraceRequest> requests, CancellationToken cancellationToken)
    {
        var from = requests.Min(static request => request.Row.At).ToString("yyyy-MM-ddTHH:00:00Z", CultureInfo.InvariantCulture);
        var to = requests.Max(static request => request.Row.At).AddHours(1).ToString("yyyy-MM-ddTHH:00:00Z", CultureInfo.InvariantCulture);
        var differences = new List<string>();
        foreach (var (grain, groupBy, group) in Cuts)
        {
            var wanted = requests.GroupBy(group).ToDictionary(static group => group.Key, static group => group.Aggregate(Sums.Zero, static (sums, request) => sums + Of(request)));
            var answer = await http.GetFromJsonAsync<JsonElement>($"/api/v1/usage/breakdown?grain={grain}&groupBy={groupBy}&tz=UTC&from={from}&to={to}", cancellationToken);
            var found = answer.GetProperty("rows").EnumerateArray().ToDictionary(row => Name(row, groupBy), static row => Read(row));
            Compare($"{grain} by {(groupBy.Length == 0 ? "time" : groupBy)}", wanted, found, Read(answer.GetProperty("total")), differences);
        }
        return differences;
    }

    private static void Compare(string cut, Dictionary<string, Sums> wanted, Dictionary<string, Sums> found, Sums total, List<string> differences)
    {
        foreach (var name in wanted.Keys.Union(found.Keys))
        {
            var (want, have) = (wanted.GetValueOrDefault(name, Sums.Zero), found.GetValueOrDefault(name, Sums.Zero));
            if (want != have) differences.Add($"{cut}, {name}: wanted {want}, found {have}");
        }
        var sum = wanted.Values.Aggregate(Sums.Zero, static (a, b) => a + b);
        if (total != sum) differences.Add($"{cut}, total: wanted {sum}, found {total}");
    }

    private static Sums Of(TraceRequest request) => new(1, request.Tokens, request.Cost);

    private static Sums Read(JsonElement measures)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            tokens = tokens.With(bucket, measures.GetProperty("tokens").GetProperty(bucket.Name()).GetInt64());
        var cost = measures.GetProperty("cost") is { ValueKind: JsonValueKind.String } text ? decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture) : -1;
        return new(measures.GetProperty("requests").GetInt64(), tokens, cost);
    }

    private static string Name(JsonElement row, string groupBy) => groupBy.Length == 0
        ? Hour(row.GetProperty("bucket").GetDateTimeOffset())
        : row.GetProperty("group").GetProperty(groupBy).GetString() ?? "";

    private static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture);
}
