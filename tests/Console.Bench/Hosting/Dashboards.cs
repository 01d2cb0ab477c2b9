using Microsoft.Playwright;

namespace AgentConsole.Bench.Hosting;

/// <summary>Pages of the app, open in a real headless Chromium, each watched for whether it still moves.</summary>
internal sealed class Dashboards : IAsyncDisposable
{
    private const string Mark = ".freshness time";
    private const int TimeoutMs = 60_000;

    private static readonly string[] Paths =
    [
        "/?range=24h", "/usage?range=24h&groupBy=model", "/usage?range=7d&groupBy=provider", "/?range=7d&tenant=chatter",
        "/usage?range=24h&groupBy=user&tenant=northwind-agents", "/requests?range=24h", "/usage?range=30d&groupBy=model", "/?range=24h&tenant=ledgerly",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<(string Path, IPage Page, string Seen)> _pages = [];
    private string? _signedIn;

    private Dashboards(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public int Count => _pages.Count;

    /// <param name="folder">For a script: viewers have machines of their own, so here their browser yields to the app.</param>
    public static async Task<Dashboards> OpenAsync(Uri url, int count, string folder, CancellationToken cancellationToken)
    {
        var yielding = Path.Combine(folder, "chromium.sh");
        await File.WriteAllTextAsync(yielding, "#!/bin/sh\nexec nice -n 10 /usr/bin/chromium \"$@\"\n", cancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(yielding, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = yielding,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var dashboards = new Dashboards(playwright, browser);
        try
        {
            if (count > 0) await dashboards.SignInAsync(url);
            for (var index = 0; index < count; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await dashboards.OpenAsync(new Uri(url, Paths[index % Paths.Length]));
            }
            return dashboards;
        }
        catch
        {
            await dashboards.DisposeAsync();
            throw;
        }
    }

    /// <summary>Those whose freshness mark has not moved since the last look.</summary>
    public async Task<IReadOnlyList<string>> FrozenAsync()
    {
        var marks = await Task.WhenAll(_pages.Select(static open => ReadAsync(open.Page)));
        var frozen = new List<string>();
        for (var index = 0; index < _pages.Count; index++)
        {
            var (path, page, seen) = _pages[index];
            if (marks[index] is null) frozen.Add($"{path} (the browser did not answer within {TimeoutMs / 1000} s)");
            else if (marks[index] == seen) frozen.Add($"{path} (still {seen})");
            _pages[index] = (path, page, marks[index] ?? seen);
        }
        return frozen;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>Once, by the form; every viewer then has these cookies.</summary>
    private async Task SignInAsync(Uri url)
    {
        var context = await _browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(url, "/sign-in").ToString(), new() { Timeout = TimeoutMs });
        await page.GetByLabel("E-mail").FillAsync(AppProcess.Operator);
        await page.GetByLabel("Password").FillAsync(AppProcess.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.Locator(".frame").WaitForAsync(new() { Timeout = TimeoutMs });
        _signedIn = await context.StorageStateAsync();
        await context.CloseAsync();
    }

    /// <summary>Each in a context of its own, as each viewer is.</summary>
    private async Task OpenAsync(Uri url)
    {
        var page = await (await _browser.NewContextAsync(new() { ViewportSize = new() { Width = 800, Height = 600 }, ReducedMotion = ReducedMotion.Reduce, StorageState = _signedIn })).NewPageAsync();
        await page.GotoAsync(url.ToString(), new() { Timeout = TimeoutMs });
        await page.Locator(Mark).WaitForAsync(new() { Timeout = TimeoutMs });
        _pages.Add((url.PathAndQuery, page, ""));
    }

    private static async Task<string?> ReadAsync(IPage page)
    {
        try
        {
            return await page.Locator(Mark).TextContentAsync(new() { Timeout = TimeoutMs });
        }
        catch (Exception error) when (error is TimeoutException or PlaywrightException)
        {
            return null;
        }
    }
}
