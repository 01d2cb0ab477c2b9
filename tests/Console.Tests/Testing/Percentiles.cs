using System.Text.Json;

namespace AgentConsole.Tests.Testing;

internal static class Percentiles
{
    /// <summary>Each within 3 % of the exact nearest-rank percentile, which is what the histogram promises.</summary>
    public static void AssertNear(IEnumerable<int> latencies, JsonElement answer)
    {
        var sorted = latencies.Order().ToList();
        if (sorted.Count == 0)
        {
            Assert.Equal(JsonValueKind.Null, answer.ValueKind);
            return;
        }
        foreach (var (name, percent) in new[] { ("p50", 50), ("p95", 95), ("p99", 99) })
        {
            var exact = Math.Max(1, sorted[(((sorted.Count * percent) + 99) / 100) - 1]);
            // One decimal is shown, which matters below two milliseconds.
            Assert.InRange(answer.GetProperty(name).GetDouble(), (exact / 1.031) - 0.05, (exact * 1.031) + 0.05);
        }
    }
}
