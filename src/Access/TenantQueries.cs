namespace AgentConsole.Access;

public sealed class TenantQueries
{
    /// <summary>Every tenant, by name; at most 1000.</summary>
    public Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Tenant?> FindAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();
}
