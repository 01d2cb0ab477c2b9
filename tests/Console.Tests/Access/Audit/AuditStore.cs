using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Audit;

/// <summary>Writes and verifies the audit as the app does.</summary>
internal static class AuditStore
{
    public static async Task WriteAsync(this ConsoleApp app, string tenant, int entries, Actor? actor = null, string subject = "s")
    {
        await using var session = await app.Get<Database>().BeginAsync(Reach.Platform, CancellationToken.None);
        for (var index = 1; index <= entries; index++)
            await app.Get<AuditLog>().AppendAsync(
                session.Connection, new(tenant, actor ?? new("key:writer", "127.0.0.1", "trace"), "test.write", $"{subject} {index}", null, new JsonObject { ["n"] = index }), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }

    /// <summary>Of one tenant, as the platform reads it.</summary>
    public static async Task<AuditChainVerdict> VerifyAsync(this ConsoleApp app, string tenant) =>
        (await app.Get<VerifyAudit>().ExecuteAsync(tenant, Caller.System, null, CancellationToken.None)).Value!.Chains.Single(chain => chain.Tenant == tenant);
}
