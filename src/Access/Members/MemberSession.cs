using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>One sign-in that still holds. Ending it is deleting it.</summary>
internal sealed class MemberSession
{
    /// <summary>Of the ticket in the cookie; what a session is named by, for it opens nothing.</summary>
    public required byte[] TicketHash { get; init; }
    public required Guid MemberId { get; init; }
    /// <summary>How it began: password, second factor, passkey, or a provider's name.</summary>
    public required string Method { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public string? Address { get; init; }
    public string? UserAgent { get; init; }
    /// <summary>The tenant as which the session looks at the console; null: as the member. Set with the next two.</summary>
    public string? ViewedTenant { get; init; }
    public Role? ViewedAs { get; init; }
    public DateTimeOffset? ViewedUntil { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<MemberSession>
    {
        public void Configure(EntityTypeBuilder<MemberSession> builder)
        {
            builder.ToTable("member_sessions").HasKey(session => session.TicketHash);
            builder.Property(session => session.Method).HasMaxLength(64);
            builder.Property(session => session.Address).HasMaxLength(64);
            builder.Property(session => session.UserAgent).HasMaxLength(300);
            builder.Property(session => session.ViewedTenant).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            builder.HasIndex(session => new { session.MemberId, session.CreatedAt }).HasDatabaseName("ix_member_sessions_member");
            builder.HasIndex(session => session.ExpiresAt).HasDatabaseName("ix_member_sessions_expiry");
            builder.HasOne<Member>().WithMany().HasForeignKey(session => session.MemberId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_member_sessions_member");
        }
    }
}
