using System.Buffers;
using AgentConsole.Demo.Traffic;

namespace AgentConsole.Bench.Load;

/// <summary>Realistic native events in any number: the demo's days, told apart by a prefix on the id.</summary>
internal static class NativeEvents
{
    private const int Days = 30;

    /// <summary>JSON arrays of <paramref name="size"/> events each, <paramref name="count"/> in all, made as they are asked for.</summary>
    /// <param name="prefix">Two runs with the same prefix send the same ids.</param>
    public static IEnumerable<byte[]> Batches(int count, int size, string prefix) => Events(count, prefix).Chunk(size).Select(Write);

    public static IEnumerable<DemoEvent> Events(int count, string prefix) => Endless(prefix).Take(count);

    public static byte[] Write(IEnumerable<DemoEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * 1024);
        DemoJson.WriteArray(buffer, events);
        return buffer.WrittenSpan.ToArray();
    }

    private static IEnumerable<DemoEvent> Endless(string prefix)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        for (var seed = 1; ; seed++)
        {
            var stories = new DemoStories(seed, today);
            for (var back = 1; back <= Days; back++)
                foreach (var item in DemoTenants.All.SelectMany(tenant => DemoDay.Requests(tenant, today.AddDays(-back), stories, seed)))
                    yield return item with { Id = $"{prefix}-{seed}-{item.Id}" };
        }
    }
}
