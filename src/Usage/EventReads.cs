using AgentConsole.Platform;
using AgentConsole.Usage.Exploring;

namespace AgentConsole.Usage;

/// <summary>
/// Lets few reads of raw events go on at once on a node, each for so long and no longer: they share the store with ingestion and with everyone's dashboards, which read rollups.
/// Who comes then waits for a turn, and may leave.
/// </summary>
public sealed class EventReads(UsageOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.EventReads);

    public TimeSpan Budget => TimeSpan.FromSeconds(options.EventReadSeconds);

    /// <summary>Fails with <see cref="TooMuchToRead"/> or <see cref="TooManyGroups"/>.</summary>
    public async Task<Result<T>> RunAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        using var late = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await read(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new TooMuchToRead(Budget);
        }
        catch (TooManyGroupsException)
        {
            return new TooManyGroups(ExplorerQueries.MostCells);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
