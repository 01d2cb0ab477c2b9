using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Members;

/// <summary>A passkey's public half.</summary>
internal sealed class MemberPasskey
{
    public required byte[] CredentialId { get; init; }
    public required Guid MemberId { get; init; }
    public required string Name { get; init; }
    public required byte[] PublicKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public long SignCount { get; set; }
    public required string[] Transports { get; init; }
    public bool IsUserVerified { get; set; }
    public bool IsBackupEligible { get; init; }
    public bool IsBackedUp { get; set; }
    public required byte[] AttestationObject { get; init; }
    public required byte[] ClientDataJson { get; init; }

    public UserPasskeyInfo ToInfo() => new(
        CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports, IsUserVerified, IsBackupEligible, IsBackedUp, AttestationObject, ClientDataJson) { Name = Name };

    private sealed class Mapping : IEntityTypeConfiguration<MemberPasskey>
    {
        public void Configure(EntityTypeBuilder<MemberPasskey> builder)
        {
            builder.ToTable("member_passkeys").HasKey(passkey => passkey.CredentialId);
            builder.Property(passkey => passkey.Name).HasMaxLength(100);
            builder.HasIndex(passkey => passkey.MemberId).HasDatabaseName("ix_member_passkeys_member");
            builder.HasOne<Member>().WithMany().HasForeignKey(passkey => passkey.MemberId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_member_passkeys_member");
        }
    }
}
