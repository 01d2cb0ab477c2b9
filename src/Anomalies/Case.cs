using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Anomalies;

/// <summary>Stored by number.</summary>
public enum CaseState : short { Open = 1, Investigating = 2, Closed = 3 }

/// <summary>What it turned out to be; stored by number.</summary>
public enum CaseVerdict : short { Confirmed = 1, Expected = 2, FalseAlarm = 3 }

/// <summary>An unusual cost that a person looks into. The job keeps its numbers while it goes on; people its state.</summary>
internal sealed class Case
{
    public required string TenantId { get; init; }
    public required Guid CaseId { get; init; }
    public CaseOf Of { get; init; }
    /// <summary>The user or key; empty when it is the tenant itself.</summary>
    public required string Subject { get; init; }
    public DateTimeOffset BeganAt { get; set; }
    /// <summary>The end of what is known to be unusual.</summary>
    public DateTimeOffset EndedAt { get; set; }
    /// <summary>The cost is back to normal; the case stays with people.</summary>
    public bool IsOver { get; set; }
    /// <summary>USD, as of <see cref="SeenAt"/>.</summary>
    public decimal Cost { get; set; }
    public decimal Expected { get; set; }
    public decimal Excess { get; set; }
    public decimal Score { get; set; }
    /// <summary>See <see cref="Incident.Weeks"/>.</summary>
    public required int[] Weeks { get; set; }
    public int KnownWeeks { get; set; }
    public DateTimeOffset OpenedAt { get; init; }
    /// <summary>When the job last looked at it.</summary>
    public DateTimeOffset SeenAt { get; set; }
    public CaseState State { get; set; }
    public string? Assignee { get; set; }
    public CaseVerdict? Verdict { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }

    public void Take(Incident incident, DateTimeOffset now)
    {
        (BeganAt, EndedAt, IsOver, SeenAt) = (incident.From, incident.To, !incident.GoesOn, now);
        (Cost, Expected, Excess, Score, Weeks, KnownWeeks) = (incident.Cost, incident.Expected, incident.Excess, incident.Score, [.. incident.Weeks], incident.KnownWeeks);
    }

    private sealed class Mapping : IEntityTypeConfiguration<Case>
    {
        public void Configure(EntityTypeBuilder<Case> builder)
        {
            builder.ToTable("cases").HasKey(one => new { one.TenantId, one.CaseId });
            builder.Property(one => one.TenantId).UseCollation("C");
            builder.Property(one => one.Of).HasColumnName("subject_of");
            builder.Property(one => one.Subject).UseCollation("C");
            foreach (var money in new[] { nameof(Cost), nameof(Expected), nameof(Excess) }) builder.Property(money).HasPrecision(38, 13);
            builder.Property(one => one.Score).HasPrecision(18, 3);
            builder.HasIndex(one => new { one.TenantId, one.State });
            builder.HasIndex(one => new { one.TenantId, one.Subject });
        }
    }
}

/// <summary>What an entry of a case's timeline tells; stored by number.</summary>
public enum CaseEntryKind : short { Opened = 1, Taken = 2, Note = 3, Closed = 4, Reopened = 5 }

/// <summary>An entry of a case's timeline. It is never changed.</summary>
internal sealed class CaseEntry
{
    public const string ByTheConsole = "system";

    public required string TenantId { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid EntryId { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Author { get; init; }
    public CaseEntryKind Kind { get; init; }
    public required string Text { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<CaseEntry>
    {
        public void Configure(EntityTypeBuilder<CaseEntry> builder)
        {
            builder.ToTable("case_entries").HasKey(entry => new { entry.TenantId, entry.CaseId, entry.EntryId });
            builder.Property(entry => entry.TenantId).UseCollation("C");
        }
    }
}

/// <summary>How far a tenant has been looked at.</summary>
internal sealed class CaseLook
{
    public required string TenantId { get; init; }
    /// <summary>The tenant's first usage as of then: when an earlier one turns up, a past was sent in, which is looked at when it is all there.</summary>
    public DateTimeOffset FirstUse { get; set; }
    /// <summary>Null: nothing of it yet.</summary>
    public DateTimeOffset? LookedTo { get; set; }
    /// <summary>Incidents that the last look found and did not open, as there were too many.</summary>
    public int HeldBack { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<CaseLook>
    {
        public void Configure(EntityTypeBuilder<CaseLook> builder)
        {
            builder.ToTable("case_looks").HasKey(look => look.TenantId);
            builder.Property(look => look.TenantId).UseCollation("C");
        }
    }
}
