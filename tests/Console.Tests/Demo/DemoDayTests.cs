using Xunit.Abstractions;
using System.Buffers;
using System.Text.Json;
using AgentConsole.Demo.Traffic;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Demo;

public sealed class DemoDayTests(ITestOutputHelper o)
{
    private const int Seed = 20;
    private static readonly DateOnly Anchor = new(2026, 11, 20);
    private static readonly DemoStories Stories = new(Seed, Anchor);
    [Fact] public void Print() {
        for (int d = 0; d <= 30; d++) { var line = Anchor.AddDays(-d).ToString("ddd MM-dd");
            foreach (var t in DemoTenants.All) { var e = DemoDay.Requests(t, Anchor.AddDays(-d), Stories, Seed); line += $" | {t.Id} {e.Count} ${e.Sum(DemoPrices.Cost):F2} fail {e.Count(x=>x.Status!=UsageStatus.Success)} att {e.Count(x=>x.Attempts.Count>0)} hit {(double)e.Sum(x=>x.Tokens.CacheRead)/e.Sum(x=>x.Tokens.InputTotal):P0} tri {(double)e.Where(x=>x.Prompt=="support-triage" && x.Model.Cache==PromptCache.ReadAndWrite).Sum(x=>x.Tokens.CacheRead)/Math.Max(1,e.Where(x=>x.Prompt=="support-triage"&& x.Model.Cache==PromptCache.ReadAndWrite).Sum(x=>x.Tokens.InputTotal)):P0}"; }
            o.WriteLine(line); }
    }
}
