using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>Who a member is at a sign-in provider.</summary>
internal sealed class MemberLogin
{
    public required string Provider { get; init; }
    /// <summary>The provider's own id of the person (<c>sub</c>): an address may pass to someone else, this may not.</summary>
    public required string Subject { get; init; }
    public required Guid MemberId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<MemberLogin>
    {
        public void Configure(EntityTypeBuilder<MemberLogin> builder)
        {
            builder.ToTable("member_logins").HasKey(login => new { login.Provider, login.Subject });
            builder.Property(login => login.Provider).HasMaxLength(64);
            builder.Property(login => login.Subject).HasMaxLength(256).UseCollation("C");
            builder.HasIndex(login => login.MemberId).HasDatabaseName("ix_member_logins_member");
            builder.HasOne<Member>().WithMany().HasForeignKey(login => login.MemberId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_member_logins_member");
        }
    }
}
