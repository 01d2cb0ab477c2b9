using AgentConsole.Access;
using AgentConsole.Usage.Ingest.Otlp;

namespace AgentConsole.Usage.Ingest;

/// <summary>Whose texts of a body are read: of tenants that have them stored. As long as there is none, no text is touched.</summary>
internal readonly struct TextChoice(CurrentAccess? access, string? callerTenant)
{
    public bool IsStored(UsageEvent? usage) => usage is not null && access is { AnyKeepsContents: true } && access.KeepsContents(usage.TenantId);

    /// <summary>Whether the spans of a resource may be of such a tenant: a span may name its tenant itself, when nobody else does.</summary>
    public bool MayBeStored(OtlpAttributes resource) =>
        access is { AnyKeepsContents: true } && ((callerTenant ?? resource.Text(OtlpNames.Tenant)) is not { } tenant || access.KeepsContents(tenant));
}
