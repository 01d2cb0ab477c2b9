namespace AgentConsole.Tests.Testing;

/// <summary>Waits for what another task or process brings about.</summary>
internal static class Eventually
{
    /// <summary>Long, as it is only waited for when something is wrong: a test must not fail for a machine that is busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }
}
