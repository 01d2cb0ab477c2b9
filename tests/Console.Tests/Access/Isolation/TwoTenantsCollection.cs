namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Planting rows everywhere takes a while, so it is done once.</summary>
[CollectionDefinition(nameof(TwoTenants))]
public sealed class TwoTenantsCollection : ICollectionFixture<TwoTenants>;
