using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;

namespace AgentConsole.Access;

/// <summary>
/// What callers were denied, on its way into the audit. Told at once the first time, then counted and told once a minute: whoever asks a million times fills a few rows, and the
/// rows say how often. Of one caller so many kinds of denial are told apart, and so many callers; what is beyond is counted under "others".
/// </summary>
public sealed partial class Denials(AuditLog audit, Database database, TimeProvider time, ILogger<Denials> logger) : LastingService(logger)
{
    internal const string Action = "access.denied";
    internal const string Platform = "";
    internal const string Others = "others";
    internal const int MaxKinds = 5;
    internal const int MaxCallers = 1000;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Home, string Name), Dictionary<string, Tally>> _tallies = [];

    /// <param name="what">What was asked for: an endpoint, or a deed as the audit names it; of few kinds, and never a text of the caller's.</param>
    public void Note(Caller caller, string what)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var known = _tallies.ContainsKey((caller.Home, caller.Name)) || _tallies.Count < MaxCallers;
            var key = known ? (caller.Home, caller.Name) : (Platform, Others);
            if (!_tallies.TryGetValue(key, out var kinds)) _tallies[key] = kinds = new(StringComparer.Ordinal);
            if (!kinds.ContainsKey(what) && kinds.Count >= MaxKinds) what = Others;
            if (!kinds.TryGetValue(what, out var tally)) kinds[what] = tally = new(known ? caller.Actor : new(Others));
            tally.Add(1, now);
        }
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(Due(time.GetUtcNow()), stoppingToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(Due(DateTimeOffset.MaxValue), cancellationToken);
    }

    private List<Denied> Due(DateTimeOffset now)
    {
        var due = new List<Denied>();
        lock (_gate)
        {
            foreach (var (key, kinds) in _tallies)
            {
                foreach (var (what, tally) in kinds.Where(kind => now - kind.Value.Told >= Window))
                {
                    if (tally.Count == 0) kinds.Remove(what);
                    else due.Add(tally.Tell(key.Home, what, now));
                }
                if (kinds.Count == 0) _tallies.Remove(key);
            }
        }
        return due;
    }

    /// <summary>In one transaction for each log, so that none waits for another's; what cannot be written is counted on.</summary>
    private async Task WriteAsync(List<Denied> due, CancellationToken cancellationToken)
    {
        foreach (var log in due.GroupBy(static denied => denied.Home))
        {
            try
            {
                await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
                foreach (var denied in log) await audit.AppendAsync(session.Connection, denied.Record(), cancellationToken);
                await session.CommitAsync(cancellationToken);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
            {
                LogFailed(Log, error, log.Sum(static denied => denied.Count));
                lock (_gate)
                    foreach (var denied in log) denied.Tally.Add(denied.Count, denied.First);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} denials could not be written to the audit yet")]
    private static partial void LogFailed(ILogger logger, Exception error, long count);

    private sealed record Denied(string Home, string What, Actor Actor, long Count, DateTimeOffset First, DateTimeOffset Last, Tally Tally)
    {
        public AuditRecord Record() => new(Home, Actor, Action, What, null, new JsonObject { ["count"] = Count, ["first"] = First.ToString("O"), ["last"] = Last.ToString("O") });
    }

    private sealed class Tally(Actor actor)
    {
        private DateTimeOffset _first, _last;

        public long Count { get; private set; }

        public DateTimeOffset Told { get; private set; } = DateTimeOffset.MinValue;

        public void Add(long count, DateTimeOffset at)
        {
            if (Count == 0 || at < _first) _first = at;
            if (at > _last) _last = at;
            Count += count;
        }

        public Denied Tell(string home, string what, DateTimeOffset now)
        {
            var denied = new Denied(home, what, actor, Count, _first, _last, this);
            (Count, Told) = (0, now);
            return denied;
        }
    }
}
