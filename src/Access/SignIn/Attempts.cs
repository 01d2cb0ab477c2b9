using AgentConsole.Access.Members;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Lockout. An attempt is counted before it is judged, in one statement: however many come at once, no more than <see cref="Max"/> are judged before the member is locked.
/// </summary>
internal static class Attempts
{
    public const int Max = 5;
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    /// <summary>False when the member is locked.</summary>
    public static async Task<bool> TakeAsync(ConsoleDb db, Guid member, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var until = now + Pause;
        return await db.Database.ExecuteSqlAsync($"""
            UPDATE members SET
                failed_attempts = CASE WHEN locked_until IS NULL THEN failed_attempts ELSE 0 END + 1,
                locked_until = CASE WHEN CASE WHEN locked_until IS NULL THEN failed_attempts ELSE 0 END + 1 >= {Max} THEN {until} END
            WHERE member_id = {member} AND (locked_until IS NULL OR locked_until <= {now})
            """, cancellationToken) == 1;
    }

    /// <summary>The password was right but the second factor is still to come: what was guessed of that stays counted.</summary>
    public static Task GiveBackAsync(ConsoleDb db, Guid member, CancellationToken cancellationToken) =>
        db.Set<Member>().Where(one => one.MemberId == member).ExecuteUpdateAsync(set => set
            .SetProperty(one => one.FailedAttempts, one => one.FailedAttempts - 1)
            .SetProperty(one => one.LockedUntil, one => one.FailedAttempts > Max ? one.LockedUntil : null), cancellationToken);

    public static Task ClearAsync(ConsoleDb db, Guid member, CancellationToken cancellationToken) =>
        db.Set<Member>().Where(one => one.MemberId == member).ExecuteUpdateAsync(set => set
            .SetProperty(one => one.FailedAttempts, 0).SetProperty(one => one.LockedUntil, (DateTimeOffset?)null), cancellationToken);
}
