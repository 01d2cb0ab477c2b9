using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access;

/// <summary>A customer organisation. Its slug is the tenant id in every table, key and URL.</summary>
public sealed partial class Tenant
{
    public const int MaxIdLength = 64;

    /// <summary>Where usage goes that names no tenant.</summary>
    public const string Unassigned = "unassigned";

    public required string TenantId { get; init; }
    public required string Name { get; set; }
    /// <summary>IANA id; the tenant's days, months and budgets are cut in it.</summary>
    public string TimeZone { get; set; } = "UTC";
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Letters, digits, dot, dash, underscore, colon and @; 1 to 64 of them, a letter or digit first.</summary>
    public static bool IsValidId(string id) => ValidId().IsMatch(id);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidId();

    private sealed class Mapping : IEntityTypeConfiguration<Tenant>
    {
        public void Configure(EntityTypeBuilder<Tenant> builder)
        {
            builder.ToTable("tenants").HasKey(tenant => tenant.TenantId);
            builder.Property(tenant => tenant.TenantId).HasMaxLength(MaxIdLength).UseCollation("C");
            builder.Property(tenant => tenant.Name).HasMaxLength(200);
            builder.Property(tenant => tenant.TimeZone).HasMaxLength(64);
        }
    }
}
