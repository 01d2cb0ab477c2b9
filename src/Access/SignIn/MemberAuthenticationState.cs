using System.Security.Claims;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Who looks at an open page, as of now: a circuit lives for hours on what its first request said. Looks again when something about members has changed, and every 20 seconds
/// whatever happens; a role that is gone is gone from the page then, and an ended session leaves nobody.
/// </summary>
/// <remarks>While the store is away nothing is decided: no page can read anything then either.</remarks>
internal sealed partial class MemberAuthenticationState : ServerAuthenticationStateProvider, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);
    private static readonly ClaimsPrincipal Nobody = new(new ClaimsIdentity());

    private readonly MemberSessions _sessions;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;
    private readonly ILogger<MemberAuthenticationState> _logger;
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private IDisposable? _signals;
    private ITimer? _ticks;

    public MemberAuthenticationState(MemberSessions sessions, IChangeFeed changes, TimeProvider time, ILogger<MemberAuthenticationState> logger)
    {
        (_sessions, _changes, _time, _logger) = (sessions, changes, time, logger);
        AuthenticationStateChanged += Watch;
    }

    public void Dispose()
    {
        AuthenticationStateChanged -= Watch;
        _gone.Cancel();
        _signals?.Dispose();
        _ticks?.Dispose();
    }

    /// <summary>Once there is someone to watch. A page that is served without a circuit is over before the first look.</summary>
    private void Watch(Task<AuthenticationState> state)
    {
        if (_ticks is not null) return;
        _ticks = _time.CreateTimer(_ => _ = LookAsync(_gone.Token), null, Interval, Interval);
        _signals = _changes.Subscribe(Topics.Members, Throttle, LookAsync);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _oneAtATime.WaitAsync(cancellationToken);
            try
            {
                await LookAgainAsync(cancellationToken);
            }
            finally
            {
                _oneAtATime.Release();
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error)
        {
            LogFailed(_logger, error);
        }
    }

    private async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        var shown = (await GetAuthenticationStateAsync()).User;
        if (shown.Session() is not { } session) return;
        var now = await _sessions.FindAsync(session, cancellationToken) ?? Nobody;
        if (!_gone.IsCancellationRequested && !now.SameAs(shown)) SetAuthenticationState(Task.FromResult(new AuthenticationState(now)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether a member may still look at an open page could not be read; asking again soon")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
