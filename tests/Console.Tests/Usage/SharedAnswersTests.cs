using AgentConsole.Tests.Testing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

public sealed class SharedAnswersTests
{
    private readonly ManualTime _time = new(new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Read_OfWhatIsAskedForSeldom_IsAskedAgainSoonAfterItFailed()
    {
        var answers = new SharedAnswers<int>(_time, every: TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => answers.ReadAsync("a", static () => throw new InvalidOperationException(), null, CancellationToken.None));

        _time.Now += TimeSpan.FromSeconds(2);

        Assert.Equal(7, await answers.ReadAsync("a", static () => Task.FromResult(7), null, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
