using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Budgets;

/// <summary>Money per period of the tenant's calendar, and whom to tell as it is used up.</summary>
internal sealed class Budget
{
    public required string TenantId { get; init; }
    public required Guid BudgetId { get; init; }
    public string? Name { get; set; }
    public string? Team { get; set; }
    public string? User { get; set; }
    public string? Key { get; set; }
    public string? Model { get; set; }
    public string? Provider { get; set; }
    /// <summary>USD.</summary>
    public decimal Amount { get; set; }
    public BudgetPeriod Period { get; set; }
    /// <summary>Percent, ascending.</summary>
    public required int[] Thresholds { get; set; }
    public bool Block { get; set; }
    public required Guid[] Channels { get; set; }
    /// <summary>Grows with each change of what is measured: a changed budget is a new one to its alerts.</summary>
    public int Revision { get; set; }
    /// <summary>When it was last looked at; null before the first time.</summary>
    public DateTimeOffset? EvaluatedAt { get; set; }
    /// <summary>Why it could not be summed when it was last looked at; null when it could.</summary>
    public string? Problem { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }

    public void Take(BudgetDraft draft)
    {
        var before = BudgetRow.Of(this);
        (Name, Team, User, Key, Model, Provider) = (draft.Name, draft.Scope.Team, draft.Scope.User, draft.Scope.Key, draft.Scope.Model, draft.Scope.Provider);
        (Amount, Period, Thresholds, Block, Channels) = (draft.Amount, draft.Period, [.. draft.Thresholds], draft.Block, [.. draft.Channels]);
        if (before.Scope != draft.Scope || before.Amount != draft.Amount || before.Period != draft.Period) Revision++;
    }

    private sealed class Mapping : IEntityTypeConfiguration<Budget>
    {
        public void Configure(EntityTypeBuilder<Budget> builder)
        {
            builder.ToTable("budgets").HasKey(budget => new { budget.TenantId, budget.BudgetId });
            builder.Property(budget => budget.TenantId).UseCollation("C");
            builder.Property(budget => budget.User).HasColumnName("user_name");
            builder.Property(budget => budget.Key).HasColumnName("key_name");
        }
    }
}

/// <summary>That a budget's money was used up to a mark: once per budget, period, subject and mark, which is what keeps alerts from repeating.</summary>
internal sealed class BudgetCrossing
{
    public required string TenantId { get; init; }
    public required Guid BudgetId { get; init; }
    public int Revision { get; init; }
    public DateTimeOffset PeriodStart { get; init; }
    /// <summary>Whose, of a budget of each; else empty.</summary>
    public required string Subject { get; init; }
    /// <summary>Percent; <see cref="ForecastMark"/> for the forecast.</summary>
    public int Mark { get; init; }
    public decimal Spent { get; init; }
    public DateTimeOffset CrossedAt { get; init; }

    /// <summary>The forecast is above the amount.</summary>
    public const int ForecastMark = 0;

    private sealed class Mapping : IEntityTypeConfiguration<BudgetCrossing>
    {
        public void Configure(EntityTypeBuilder<BudgetCrossing> builder)
        {
            builder.ToTable("budget_crossings").HasKey(crossing => new { crossing.TenantId, crossing.BudgetId, crossing.Revision, crossing.PeriodStart, crossing.Subject, crossing.Mark });
            builder.Property(crossing => crossing.TenantId).UseCollation("C");
            builder.Property(crossing => crossing.Subject).UseCollation("C");
        }
    }
}
