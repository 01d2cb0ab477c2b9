using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits;

/// <summary>Many clients at one limit of money.</summary>
internal static class LimitCrowd
{
    public const int Clients = 300;

    /// <summary>Each reserves at one of the nodes, some go away without a word, some release, the others settle up to their estimate at any node.</summary>
    public static async Task<(int Granted, decimal Settled, int Refused)> SpendAsync(string tenant, HttpClient[] nodes, Func<Task>? halfway)
    {
        var (granted, refused, settled, done, sum) = (0, 0, 0m, 0, new Lock());
        await Parallel.ForEachAsync(Enumerable.Range(0, Clients), new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (index, _) =>
        {
            if (Interlocked.Increment(ref done) == Clients / 8 && halfway is not null) await halfway();
            var random = new Random(index);
            var (client, id, estimate) = (nodes[random.Next(nodes.Length)], $"{tenant}-{index}", random.Next(1, 40_000) / 1_000_000m);
            var (status, body) = await client.ReserveAsync(tenant, id, estimate, request => (request["user"], request["holdSeconds"]) = ($"new-{index}", 2));
            if (status != HttpStatusCode.OK)
            {
                Assert.Equal(HttpStatusCode.TooManyRequests, status);
                Assert.Equal("month", body.GetProperty("limit").Text("window"));
                Assert.NotEqual(default, body.GetProperty("resetsAt").GetDateTimeOffset());
                Interlocked.Increment(ref refused);
                return;
            }
            Interlocked.Increment(ref granted);
            var fate = random.Next(10);
            if (fate == 0) return;
            var other = nodes[random.Next(nodes.Length)];
            if (fate == 1) await other.PostJsonAsync($"{Root}/release", new JsonObject { ["requestId"] = id });
            else
            {
                var actual = estimate * random.Next(50, 101) / 100;
                var answer = await other.SettleAsync(id, actual);
                Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
                lock (sum) settled += actual;
            }
        });
        return (granted, settled, refused);
    }
}
