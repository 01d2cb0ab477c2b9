using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>A person who signs in. What that person may do is in <see cref="Membership"/>: a member without one may nothing.</summary>
internal sealed class Member
{
    public const int MaxEmailLength = 254;
    public const int MaxNameLength = 200;

    public required Guid MemberId { get; init; }
    /// <summary>As it was typed; compared by <see cref="EmailKey"/>.</summary>
    public required string Email { get; init; }
    public required string EmailKey { get; init; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Null for a member who only signs in elsewhere or by passkey.</summary>
    public string? PasswordHash { get; set; }
    /// <summary>Wrong passwords and codes since the last right one.</summary>
    public int FailedAttempts { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
    /// <summary>Protected; null without a second factor.</summary>
    public string? TotpKey { get; set; }
    /// <summary>The time step of the last code that was taken: a code is good once.</summary>
    public long TotpStep { get; set; }
    /// <summary>Hashes of those that are left.</summary>
    public byte[][] RecoveryCodes { get; set; } = [];
    /// <summary>When someone last said at the sign-in page that this member's password is forgotten.</summary>
    public DateTimeOffset? ResetAskedAt { get; set; }

    public static string KeyOf(string email) => email.Trim().ToUpperInvariant();

    private sealed class Mapping : IEntityTypeConfiguration<Member>
    {
        public void Configure(EntityTypeBuilder<Member> builder)
        {
            builder.ToTable("members").HasKey(member => member.MemberId);
            builder.Property(member => member.MemberId).ValueGeneratedNever();
            builder.Property(member => member.Email).HasMaxLength(MaxEmailLength);
            builder.Property(member => member.EmailKey).HasMaxLength(MaxEmailLength).UseCollation("C");
            builder.Property(member => member.Name).HasMaxLength(MaxNameLength);
            builder.HasIndex(member => member.EmailKey).IsUnique().HasDatabaseName("ux_members_email_key");
        }
    }
}
