namespace AgentConsole.Usage;

/// <summary>
/// One answer for everyone who asks the same: twenty open dashboards of a tenant ask the store once a second, not twenty times.
/// A page that follows a change gets an answer asked after that change, at most a second later; one that only opens takes what is there, if it is no older than a second. What hardly
/// changes, such as the time before, is asked for once a minute and follows nothing.
/// A full house is emptied.
/// </summary>
/// <param name="most">Answers that are held.</param>
/// <param name="every">No answer is older than this, and nothing is asked more often; a second unless it is given.</param>
internal sealed class SharedAnswers<T>(TimeProvider time, int most = 500, TimeSpan? every = null)
{
    /// <summary>How often what hardly changes is asked for.</summary>
    public static readonly TimeSpan Seldom = TimeSpan.FromMinutes(1);

    /// <summary>One that failed is asked for again so soon.</summary>
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _every = every ?? Second;
    private readonly Dictionary<string, Answer> _answers = [];

    /// <param name="ask">Not with one viewer's cancellation: others may be waiting for the same answer.</param>
    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public Task<T> ReadAsync(string key, Func<Task<T>> ask, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (_answers)
        {
            if (_answers.TryGetValue(key, out var held) && held.For(changedAt, now, _every) is { } shared) return shared.WaitAsync(cancellationToken);
            if (_answers.Count >= most) _answers.Clear();
            var pause = held is { Given.IsFaulted: true } ? Second : _every;
            var askAt = held is not null && held.AskAt <= now && now - held.AskAt < pause ? held.AskAt + pause : now;
            var fresh = new Answer(askAt, AskAsync(ask, askAt - now), held?.Given);
            _answers[key] = fresh;
            return fresh.Given.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> AskAsync(Func<Task<T>> ask, TimeSpan delay)
    {
        await Task.Delay(delay, time).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await ask();
    }

    /// <param name="AskAt">When the store is asked; may be a moment ahead.</param>
    /// <param name="Before">The answer before this one, for those who need not wait.</param>
    private sealed record Answer(DateTimeOffset AskAt, Task<T> Given, Task<T>? Before)
    {
        /// <summary>Null when this answer does not do.</summary>
        public Task<T>? For(DateTimeOffset? changedAt, DateTimeOffset now, TimeSpan every)
        {
            if (Given.IsFaulted || (now - AskAt).Duration() > every) return null;
            if (changedAt is not null) return AskAt >= changedAt ? Given : null;
            return AskAt > now && Before is { IsCompletedSuccessfully: true } ? Before : Given;
        }
    }
}
