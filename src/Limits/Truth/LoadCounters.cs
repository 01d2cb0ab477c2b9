using System.Collections.Concurrent;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Loads from the ledger what the counters do not know: of a new kind of meter, or of all after they were lost. 1. Begin to count on those kinds; 2. wait until nodes have told a new
/// memory of their holds; 3. read the ledger; 4. add its sums; 5. open the kinds. What is spent between 1 and 3 may be counted twice, never not at all; the next check takes it off.
/// </summary>
internal sealed partial class LoadCounters(ICounters counters, CurrentLimits current, LedgerSums ledger, CheckSoon soon, TimeProvider time, ILogger<LoadCounters> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _running = new(StringComparer.Ordinal);

    /// <summary>When all of a tenant's kinds were last known to be open, and in which memory.</summary>
    private readonly ConcurrentDictionary<string, Loaded> _loaded = new(StringComparer.Ordinal);

    internal sealed record Loaded(string Memory, IReadOnlyList<string> Kinds, DateTimeOffset At);

    public bool IsLoaded(string tenant, string memory) =>
        _loaded.TryGetValue(tenant, out var loaded) && loaded.Memory == memory && (ReferenceEquals(loaded.Kinds, current.Book.For(tenant).Kinds) || loaded.Kinds.SequenceEqual(current.Book.For(tenant).Kinds));

    /// <summary>Null while some kind is not loaded.</summary>
    public DateTimeOffset? LoadedAt(string tenant) => _loaded.TryGetValue(tenant, out var loaded) ? loaded.At : null;

    /// <summary>Those whose kinds were known to be open.</summary>
    public IEnumerable<string> Tenants => _loaded.Keys;

    public bool HasLimits(string tenant) => !current.Book.For(tenant).IsEmpty;

    /// <summary>Once at a time per tenant, whoever asks. False when it could not be done: then it is tried again.</summary>
    public Task<bool> EnsureAsync(string tenant, CancellationToken cancellationToken) =>
        _running.GetOrAdd(tenant, tenant => new(() => LoadAsync(tenant))).Value.WaitAsync(cancellationToken);

    private async Task<bool> LoadAsync(string tenant)
    {
        try
        {
            var limits = current.Book.For(tenant);
            if (await counters.MemoryAsync() is not { } memory) return false;
            var state = await counters.TouchAsync(tenant, limits.Kinds);
            if (state.Unknown.Count > 0 && !await LoadAsync(tenant, limits, state, memory)) return false;
            _loaded[tenant] = new(memory.Name, limits.Kinds, state.Now);
            return true;
        }
        catch (Exception error)
        {
            LogFailed(logger, error, tenant);
            _loaded.TryRemove(tenant, out _);
            return false;
        }
        finally
        {
            _running.TryRemove(tenant, out _);
        }
    }

    private async Task<bool> LoadAsync(string tenant, TenantLimits limits, CountersState state, CountersMemory memory)
    {
        _loaded.TryRemove(tenant, out _);
        if (memory.ReadyAt > memory.Now) await Task.Delay(memory.ReadyAt - memory.Now, time, CancellationToken.None);
        var sums = await ledger.ReadAsync(tenant, limits, [.. state.Unknown], state.Now, null, CancellationToken.None);
        if (!await counters.AdjustAsync(tenant, state.Epoch, [.. sums.Values], revision: null)) return false;
        if (!await counters.OpenAsync(tenant, state.Epoch, state.Unknown)) return false;
        soon.Ask(tenant);
        LogLoaded(logger, tenant, state.Unknown.Count, sums.Count);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Counters of tenant {Tenant} loaded from the ledger: {Kinds} kinds, {Meters} meters")]
    private static partial void LogLoaded(ILogger logger, string tenant, int kinds, int meters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Counters of tenant {Tenant} could not be loaded; money stays closed there until they are")]
    private static partial void LogFailed(ILogger logger, Exception error, string tenant);
}
