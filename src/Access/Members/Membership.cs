using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>What a member is in one tenant, or on the platform. At most one role in each place.</summary>
internal sealed class Membership
{
    /// <summary>The place of staff roles, in the place of a tenant.</summary>
    public const string Platform = "";

    public required string TenantId { get; init; }
    public required Guid MemberId { get; init; }
    public required Role Role { get; set; }
    /// <summary>The sign-in provider whose groups gave it, and will take it; empty when a person did.</summary>
    public string GivenBy { get; set; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where a role is held: staff on the platform, anyone else in a tenant.</summary>
    public static string PlaceOf(Role role, string? tenant) => role.IsStaff() ? Platform : tenant ?? Platform;

    private sealed class Mapping : IEntityTypeConfiguration<Membership>
    {
        public void Configure(EntityTypeBuilder<Membership> builder)
        {
            builder.ToTable("memberships").HasKey(membership => new { membership.TenantId, membership.MemberId });
            builder.Property(membership => membership.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            builder.Property(membership => membership.GivenBy).HasMaxLength(64);
            builder.HasIndex(membership => membership.MemberId).HasDatabaseName("ix_memberships_member");
        }
    }
}
