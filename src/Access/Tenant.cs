using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access;

/// <summary>A customer organisation. Its slug is the tenant id in every table, key and URL.</summary>
public sealed partial class Tenant
{
    public const int MaxIdLength = 64;
    public const int MaxTextLength = 200;
    public const int DefaultContentDays = 30;
    public const int MaxContentDays = 365;
    public const int MinEventDays = 7;
    public const int MaxEventDays = 3650;

    /// <summary>Where usage goes that names no tenant.</summary>
    public const string Unassigned = "unassigned";

    public required string TenantId { get; init; }
    public required string Name { get; set; }
    /// <summary>IANA id; the tenant's days, months and budgets are cut in it.</summary>
    public string TimeZone { get; set; } = "UTC";
    /// <summary>Whom to ask: a name, an address, a link.</summary>
    public string? Contact { get; set; }
    /// <summary>ISO 4217; money is shown in it, too, beside USD. Null: in USD alone.</summary>
    public string? Currency { get; set; }
    /// <summary>Units of <see cref="Currency"/> for one USD, as someone set it; null when there is none.</summary>
    public decimal? UsdRate { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Since when nothing is taken in for it; null: it is active.</summary>
    public DateTimeOffset? SuspendedAt { get; set; }

    /// <summary>Since when the texts of its requests are stored; null: they are not.</summary>
    public DateTimeOffset? ContentsSince { get; set; }
    /// <summary>Days that a text is kept, from when it came in.</summary>
    public int ContentDays { get; set; } = DefaultContentDays;
    /// <summary>Whatever came in until then has no text any more; null: nothing was deleted.</summary>
    public DateTimeOffset? ContentsDeletedAt { get; set; }
    /// <summary>Days that its requests are kept one by one, from when they happened; their sums stay. Null: for ever.</summary>
    public int? EventDays { get; set; }

    public bool KeepsContents => ContentsSince is not null;

    public bool IsSuspended => SuspendedAt is not null;

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
            builder.Property(tenant => tenant.Name).HasMaxLength(MaxTextLength);
            builder.Property(tenant => tenant.TimeZone).HasMaxLength(64);
            builder.Property(tenant => tenant.Contact).HasMaxLength(MaxTextLength);
            builder.Property(tenant => tenant.Currency).HasMaxLength(3);
            builder.Property(tenant => tenant.UsdRate).HasPrecision(18, 6);
            // Tenants are also made by usage that names them, in SQL that knows nothing of this.
            builder.Property(tenant => tenant.ContentDays).HasDefaultValue(DefaultContentDays).ValueGeneratedNever();
            builder.Ignore(tenant => tenant.IsSuspended);
            builder.Ignore(tenant => tenant.KeepsContents);
        }
    }
}
