using Microsoft.Playwright;

namespace AgentConsole.Tests.Browser;

/// <summary>Looks at pages with axe-core (docs/decisions/axe.md), handed over by the browser's debugging channel: the content policy of the page stays what it is.</summary>
internal sealed class Axe(BrowserFixture fixture)
{
    /// <summary>Of drawn charts the frame is looked at, and their tables; thousands of shapes are not, nor rows like those before them.</summary>
    private const string Run = """
        async tags => {
          const found = await axe.run({ exclude: [[".apexcharts-inner"], ["datalist"], ["table.data tbody tr:nth-child(n + 9)"]] }, { preload: false, resultTypes: ["violations"], runOnly: { type: "tag", values: tags } });
          const findings = found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${[...node.any, ...node.all, ...node.none].map(check => check.message).join("; ")}`));
          const titles = document.querySelectorAll("h1").length;
          return titles === 1 ? findings : [...findings, `${titles} h1`];
        }
        """;

    private static readonly string[] All = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    /// <summary>What depends on colours and room: the rest of a page is the same however it is drawn.</summary>
    private static readonly string[] OfLooks = ["wcag2aa", "wcag21aa", "wcag22aa"];

    private static readonly string Source = Path.Combine(RunningConsole.Repository(), "node_modules", "axe-core", "axe.min.js");

    private readonly List<string> _findings = [];

    public IReadOnlyList<string> Findings => _findings;

    /// <summary>A visit whose pages can be looked at.</summary>
    public async Task<Visit> VisitAsync(bool signedIn = true)
    {
        var visit = await fixture.VisitAsync(signedIn: signedIn);
        await PrepareAsync(visit);
        return visit;
    }

    public static async Task PrepareAsync(Visit visit)
    {
        await visit.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await visit.Page.AddInitScriptAsync(scriptPath: Source);
    }

    /// <summary>Opens it and looks, light and wide, then dark and narrow. The page's links.</summary>
    public async Task<string[]> OpenAsync(Visit visit, string path)
    {
        await visit.Page.GotoAsync(fixture.Console.Address + path);
        await visit.Page.Locator("h1").First.WaitForAsync();
        // Whatever has a circuit replaces the skeleton that comes first.
        await Assertions.Expect(visit.Page.Locator(".bone:visible")).ToHaveCountAsync(0);
        var links = await visit.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))");
        await LookAsync(visit, path);
        return links;
    }

    /// <summary>At what is there.</summary>
    public async Task LookAsync(Visit visit, string what)
    {
        await RunAsync(visit, what);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark, ReducedMotion = ReducedMotion.Reduce });
        await visit.Page.SetViewportSizeAsync(390, 844);
        await RunAsync(visit, $"{what} (dark, narrow)", OfLooks);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await visit.Page.SetViewportSizeAsync(1440, 900);
    }

    public async Task RunAsync(Visit visit, string what, string[]? tags = null) => _findings.AddRange((await visit.Page.EvaluateAsync<string[]>(Run, tags ?? All)).Select(finding => $"{what}: {finding}"));
}
