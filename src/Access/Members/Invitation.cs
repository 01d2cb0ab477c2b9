using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>A role that waits for the holder of a link. Gone once it is taken or withdrawn.</summary>
internal sealed class Invitation
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public required string TenantId { get; init; }
    public required Guid InvitationId { get; init; }
    public required string Email { get; init; }
    public required string EmailKey { get; init; }
    public required Role Role { get; init; }
    public required byte[] LinkHash { get; init; }
    public required string InvitedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.ToTable("invitations").HasKey(invitation => new { invitation.TenantId, invitation.InvitationId });
            builder.Property(invitation => invitation.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            builder.Property(invitation => invitation.InvitationId).ValueGeneratedNever();
            builder.Property(invitation => invitation.Email).HasMaxLength(Member.MaxEmailLength);
            builder.Property(invitation => invitation.EmailKey).HasMaxLength(Member.MaxEmailLength).UseCollation("C");
            builder.HasIndex(invitation => new { invitation.TenantId, invitation.EmailKey }).IsUnique().HasDatabaseName("ux_invitations_email");
            builder.HasIndex(invitation => invitation.LinkHash).HasDatabaseName("ix_invitations_link");
        }
    }
}
