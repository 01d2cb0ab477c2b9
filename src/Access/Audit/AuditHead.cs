using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Audit;

/// <summary>Where a tenant's chain ends; locked while an entry is added.</summary>
internal sealed class AuditHead
{
    public required string TenantId { get; init; }
    public long Sequence { get; init; }
    public byte[] Hash { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<AuditHead>
    {
        public void Configure(EntityTypeBuilder<AuditHead> builder)
        {
            builder.ToTable("audit_heads").HasKey(head => head.TenantId);
            builder.Property(head => head.TenantId).UseCollation("C");
        }
    }
}
