using AgentConsole.Tests.Testing;
using Microsoft.Playwright;
using Npgsql;

namespace AgentConsole.Tests.Browser;

/// <summary>One running console with two weeks of usage, and one browser, for all journeys of a class.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private static readonly (string Provider, string Model)[] Models =
        [("anthropic", "claude-sonnet-4-5"), ("openai", "gpt-5"), ("openai", "gpt-5-mini"), ("google", "gemini-2.5-pro")];

    private readonly PostgresFixture _postgres = new();
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private NpgsqlDataSource _source = null!;
    private string _signedIn = "";

    internal RunningConsole Console { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var database = await _postgres.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(database);
        Console = await RunningConsole.StartAsync(database);
        await Console.SendAsync([.. Enumerable.Range(0, 1200).Select(Event)]);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CONSOLE_TEST_CHROMIUM") ?? "/usr/bin/chromium",
            Args = Flags,
        });
        await SignInAsync();
    }

    /// <summary>Behind the console's back.</summary>
    internal async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal Task ScalarUntilAsync(string sql, Func<long, bool> isSo) => Eventually.TrueAsync(async () =>
    {
        await using var command = _source.CreateCommand(sql);
        return isSo((long)(await command.ExecuteScalarAsync())!);
    });

    /// <summary>A page in a new browser of the operator, who is signed in, or of nobody. What goes wrong in the browser is in <see cref="Visit.Complaints"/>.</summary>
    internal async Task<Visit> VisitAsync(int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, bool signedIn = true)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, StorageState = signedIn ? _signedIn : null });
        return new(context, await context.NewPageAsync(), Console.Address);
    }

    /// <summary>The operator invites into acme, by the page; the invited one joins in a browser of its own, which is where it then stands.</summary>
    internal async Task<Visit> JoinAsync(string email, string role)
    {
        await using var admin = await VisitAsync();
        await admin.OpenAsync("/members?tab=invite&tenant=acme");
        var form = admin.Page.Locator("form.card");
        await form.GetByLabel("E-mail").FillAsync(email);
        await form.GetByLabel("Role").SelectOptionAsync(role);
        await form.GetByRole(AriaRole.Button, new() { Name = "Make an invitation" }).ClickAsync();
        var link = await form.Locator(".command code").TextContentAsync();

        var visit = await VisitAsync(signedIn: false);
        await visit.Page.GotoAsync(link!);
        await visit.Page.GetByLabel("Your name").FillAsync("Ada Test");
        await visit.Page.GetByLabel("Password").FillAsync(RunningConsole.Password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await visit.Page.Locator(".frame h1").WaitForAsync();
        return visit;
    }

    /// <summary>Once, by the form; every visit then begins with these cookies. The operator is made shortly after the app listens.</summary>
    private async Task SignInAsync()
    {
        await using var visit = await VisitAsync(signedIn: false);
        for (var attempt = 0; attempt < 3 && !await visit.IsInFrameAsync(); attempt++) await visit.SignInAsync(RunningConsole.Operator, RunningConsole.Password);
        await visit.ReadyAsync();
        _signedIn = await visit.Page.Context.StorageStateAsync();
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Console.DisposeAsync();
        await _source.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>Spread over two weeks by a fixed pattern, heavier by day and lately; every 16th was served by a fallback, every 25th failed.</summary>
    private static object Event(int number)
    {
        var (provider, model) = Models[number % 7 % Models.Length];
        var failed = number % 25 == 24;
        var weight = 2 + number * number % 5 + (number % 87 is > 20 and < 60 ? 6 : 0) + (number < 500 ? 3 : 0);
        return new
        {
            id = $"evt-{number}",
            tenant = number % 3 == 0 ? "chat" : "acme",
            occurredAt = TimeProvider.System.GetUtcNow().AddMinutes(-1 - number * 16.5),
            provider,
            model,
            status = failed ? "failure" : "success",
            httpStatus = failed ? 503 : 200,
            user = $"u-{number * number % 23}",
            key = $"vk-{number % 4}",
            session = $"s-{number / 9}",
            usage = new { input = weight * (400 + number * 37 % 900), cacheRead = weight * (number % 4) * 1300, output = weight * (60 + number * 53 % 300) },
            latencyMs = 600 + number * 131 % 2600,
            attempts = number % 16 == 0 ? new[] { new { provider = "openai", model = "gpt-5", level = 1, status = "failure", httpStatus = 429, reason = "rate_limited", latencyMs = 95 } } : [],
        };
    }
}

/// <summary>One visitor's page and what the browser complained about.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _address;

    public Visit(IBrowserContext context, IPage page, string address)
    {
        (_context, Page, _address) = (context, page, address);
        page.SetDefaultTimeout(45_000);
        Assertions.SetDefaultExpectTimeout(45_000);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    /// <summary>Opens a path and waits until its data is there.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(_address + path);
        await ReadyAsync();
    }

    public async Task ReadyAsync()
    {
        await Page.Locator(".frame h1").WaitForAsync();
        await Assertions.Expect(Page.Locator(".frame .bone")).ToHaveCountAsync(0);
    }

    /// <summary>Fills the form in; does not wait for what comes then.</summary>
    public async Task SignInAsync(string email, string password, string path = "/")
    {
        await Page.GotoAsync($"{_address}/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Whether a signed-in page came; false at the sign-in page.</summary>
    public async Task<bool> IsInFrameAsync()
    {
        if (Page.Url == "about:blank") return false;
        await Page.Locator(".frame h1, .sign-in h1").First.WaitForAsync();
        return await Page.Locator(".frame").CountAsync() > 0;
    }

    /// <summary>Pixels by which the page is wider than the window.</summary>
    public Task<int> SidewaysAsync() => Page.EvaluateAsync<int>(
        "() => Math.max(document.documentElement.scrollWidth - innerWidth, document.querySelector('.frame-main').scrollWidth - document.querySelector('.frame-main').clientWidth)");

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
