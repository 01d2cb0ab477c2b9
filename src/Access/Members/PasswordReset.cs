using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>Lets the holder of a link choose a member's password, once. A member has at most one.</summary>
internal sealed class PasswordReset
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public required Guid MemberId { get; init; }
    public required byte[] LinkHash { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<PasswordReset>
    {
        public void Configure(EntityTypeBuilder<PasswordReset> builder)
        {
            builder.ToTable("password_resets").HasKey(reset => reset.MemberId);
            builder.Property(reset => reset.MemberId).ValueGeneratedNever();
            builder.HasIndex(reset => reset.LinkHash).HasDatabaseName("ix_password_resets_link");
            builder.HasOne<Member>().WithMany().HasForeignKey(reset => reset.MemberId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_password_resets_member");
        }
    }
}
