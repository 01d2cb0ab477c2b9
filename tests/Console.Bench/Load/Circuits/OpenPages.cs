namespace AgentConsole.Bench.Load.Circuits;

/// <summary>Pages of the app that are open at once, over the circuit protocol and without a browser: twenty browsers would take the machine from what is measured.</summary>
internal sealed class OpenPages(Visitor visitor, (string Path, string Shows)[][] pages) : IAsyncDisposable
{
    private const int OpenedAtOnce = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Each page's two views, between which a click changes; the text tells them apart.</summary>
    public static readonly (string Path, string Shows)[][] All =
    [
        [("/usage?range=7d&groupBy=model", "groupBy=model&"), ("/usage?range=7d&groupBy=provider", "groupBy=provider&")],
        [("/?range=24h&tenant=chatter", "range=24h&tenant=chatter"), ("/?range=7d&tenant=chatter", "range=7d&tenant=chatter")],
        [("/usage?range=24h&tenant=northwind-agents", "range=24h&tenant=northwind-agents"), ("/usage?range=30d&tenant=northwind-agents", "range=30d&tenant=northwind-agents")],
        [("/requests?range=24h", "/requests?range=24h"), ("/requests?range=7d", "/requests?range=7d")],
    ];

    private readonly List<OpenPage> _open = [];

    /// <summary>Why circuits ended that should not have.</summary>
    public IEnumerable<string> Ends => _open.Select(static page => page.Circuit.Ended).OfType<string>().Distinct();

    /// <summary>Settings with which the app lets one visitor have so many pages.</summary>
    public static Dictionary<string, string> Room(int count) => new()
    {
        ["Edges__CircuitsPerMember"] = $"{count + 10}",
        ["Edges__CircuitsPerAddress"] = $"{count + 10}",
        ["Edges__RequestsPerAddress"] = "10000",
    };

    /// <summary>Opens more until there are so many.</summary>
    public Task OpenAsync(int count, CancellationToken cancellationToken) =>
        Parallel.ForAsync(_open.Count, count, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellationToken }, async (number, stop) =>
        {
            var views = pages[number % pages.Length];
            var page = new OpenPage(await Circuit.OpenAsync(visitor, views[0].Path, views[0].Shows, Timeout, stop), views);
            lock (_open) _open.Add(page);
        });

    /// <summary>How many have drawn nothing since the last look.</summary>
    public int Frozen()
    {
        var frozen = 0;
        foreach (var page in _open)
            if (page.Froze()) frozen++;
        return frozen;
    }

    /// <summary>People look for ten seconds between two clicks; each click is of another page.</summary>
    public async Task ClickForAsync(int seconds, Latencies clicks, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Max(0.02, Math.Min(1, 10.0 / _open.Count)));
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        var (under, until) = (new Queue<Task>(), TimeProvider.System.GetUtcNow().AddSeconds(seconds));
        for (var number = 0; TimeProvider.System.GetUtcNow() < until; number++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (under.Count == _open.Count) await under.Dequeue();
            under.Enqueue(ClickAsync(_open[number % _open.Count]));
        }
        await Task.WhenAll(under);

        async Task ClickAsync(OpenPage page) => clicks.Add(await page.ClickAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var page in _open) await page.Circuit.DisposeAsync();
    }

    private sealed class OpenPage(Circuit circuit, (string Path, string Shows)[] views)
    {
        private int _shown;
        private long _seen;

        public Circuit Circuit => circuit;

        public async Task<TimeSpan> ClickAsync(CancellationToken cancellationToken)
        {
            var (path, shows) = views[_shown = 1 - _shown];
            return await circuit.ClickAsync(path, shows, Timeout, cancellationToken);
        }

        /// <summary>Whether nothing was drawn since the last look.</summary>
        public bool Froze()
        {
            var (before, now) = (_seen, circuit.Renders);
            _seen = now;
            return circuit.Ended is not null || now == before;
        }
    }
}
