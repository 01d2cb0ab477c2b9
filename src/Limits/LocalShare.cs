using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits;

/// <summary>
/// What a node goes by while the counters are away: a share of each rate, one of as many as there are nodes (<see cref="LimitsOptions.Nodes"/>), counted from nothing in each window.
/// All nodes together then grant at most the maximum, or one each where that is more, on top of what was granted before.
/// </summary>
internal sealed class LocalShare(LimitsOptions options, TimeProvider time)
{
    private readonly LocalCounters _counters = new(time, new(options.Remember, options.MostHeld));

    /// <param name="now">By the counters' clock; windows are those of that time.</param>
    public async Task<ReserveReply> ReserveAsync(ReserveCall call, DateTimeOffset now)
    {
        await _counters.RememberTenantAsync(call.RequestId, call.Tenant);
        var shift = (long)(time.GetUtcNow() - now).TotalMilliseconds;
        MeterClaim[] claims = [.. call.Claims.Select(claim => claim with
        {
            Max = claim.Max is { } max ? Math.Min(max, Math.Max(1, max / options.Nodes)) : null,
            Window = claim.Window.IsCalendar ? new(claim.Window.StartMs + shift, claim.Window.EndMs + shift) : claim.Window,
        })];
        return await _counters.ReserveAsync(call with { Claims = claims });
    }

    public Task<RequestReply> PeekAsync(string tenant, string requestId) => _counters.PeekAsync(tenant, requestId);

    public Task<RequestReply> SettleAsync(string tenant, string requestId, RequestUse use) => _counters.SettleAsync(tenant, requestId, use);

    public Task<RequestReply> ReleaseAsync(string tenant, string requestId) => _counters.ReleaseAsync(tenant, requestId);

    public Task<string?> FindTenantAsync(string requestId) => _counters.FindTenantAsync(requestId);
}
