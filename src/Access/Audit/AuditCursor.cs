using System.Globalization;

namespace AgentConsole.Access.Audit;

/// <summary>Where a page of the audit ended.</summary>
internal sealed record AuditCursor(DateTimeOffset At, long Sequence, string Tenant)
{
    public static AuditCursor After(AuditRow row) => new(row.At, row.Sequence, row.Tenant);

    /// <summary>Null when it is none of ours.</summary>
    public static AuditCursor? Parse(string? text)
    {
        if (text?.Split('.', 3) is not [var ticks, var sequence, var tenant] || (tenant.Length > 0 && !Access.Tenant.IsValidId(tenant))) return null;
        return long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTime.MaxValue.Ticks && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(new(at, TimeSpan.Zero), number, tenant)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}.{Sequence}.{Tenant}");
}
