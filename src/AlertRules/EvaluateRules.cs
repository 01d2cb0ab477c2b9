using AgentConsole.AlertRules.Evaluation;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.AlertRules;

/// <summary>
/// Looks at every rule: 1. measures the window that ends now; 2. moves each subject on, from well to pending, firing and back; 3. raises and closes alerts; 4. writes one message per
/// channel for what is new and not muted. 2 to 4 are one transaction, which holds the rule: two who look at once do not tell it twice.
/// </summary>
public sealed partial class EvaluateRules(
    RuleQueries rules, MeasureRule measure, Database database, RaiseAlerts raise, CloseAlerts close, EnqueueMessages enqueue, IChangeFeed changes, TimeProvider time, ILogger<EvaluateRules> logger)
{
    /// <summary>After longer than this without a look nobody knows whether it was so all the while: what is pending begins anew.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(5);

    private const string Hold = "UPDATE alert_rules SET evaluated_at = $4, problem = $5 WHERE tenant_id = $1 AND rule_id = $2 AND revision = $3";
    private const string Read = "SELECT subject, is_firing, wrong_since, well_since, is_told FROM alert_rule_states WHERE tenant_id = $1 AND rule_id = $2";
    private const string Forget = "DELETE FROM alert_rule_states WHERE tenant_id = $1 AND rule_id = $2 AND subject <> ALL ($3)";

    private const string Write = """
        INSERT INTO alert_rule_states (tenant_id, rule_id, subject, is_firing, wrong_since, well_since, is_told)
        SELECT $1, $2, d.* FROM unnest($3, $4, $5, $6, $7) AS d
        ON CONFLICT (tenant_id, rule_id, subject) DO UPDATE SET is_firing = excluded.is_firing, wrong_since = excluded.wrong_since, well_since = excluded.well_since, is_told = excluded.is_told
        """;

    /// <summary>Answers how many rules had something new to tell. One that cannot be measured does not keep the others from it.</summary>
    /// <exception cref="InvalidOperationException">Some could not be looked at.</exception>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var (told, failed, seen) = (0, 0, 0);
        for (IReadOnlyList<ZonedRule>? page = null; page is null || page.Count == RuleQueries.MaxListed;)
        {
            page = await rules.ListAsync(Reach.Platform, page is null ? null : page[^1].Rule.Id, cancellationToken);
            foreach (var rule in page.Where(static rule => rule.Rule.Definition.IsEnabled))
            {
                seen++;
                try
                {
                    if (await EvaluateAsync(rule.Rule, rule.Zone, cancellationToken)) told++;
                }
                catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
                {
                    failed++;
                    LogFailed(logger, error, rule.Rule.Id, rule.Rule.Tenant);
                }
            }
        }
        return failed == 0 ? told : throw new InvalidOperationException($"{failed} of {seen} alert rules could not be looked at.");
    }

    private async Task<bool> EvaluateAsync(RuleRow rule, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var reading = await measure.ReadAsync(rule.Tenant, rule.Definition, zone, now, cancellationToken);
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var problem = reading.Error?.Message ?? (reading.Value!.Unwatched > 0 ? $"{reading.Value.Unwatched} more than the {MeasureRule.MostSubjects} with the most are not watched." : null);
        if (!await HoldAsync(session.Connection, rule, problem, cancellationToken)) return false;
        if (!reading.Ok)
        {
            await session.CommitAsync(cancellationToken);
            throw new InvalidOperationException(reading.Error.Message);
        }
        var before = await ReadStatesAsync(session.Connection, rule, cancellationToken);
        var moves = Move(rule, reading.Value, before, now);
        var isMuted = rule.Definition.IsMuted(now, zone);
        var news = moves.Where(move => move.After.IsFiring && !move.After.IsTold && !isMuted).ToList();
        var recovered = moves.Where(static move => move.Before.IsFiring && move.Before.IsTold && move.After.IsWell).ToList();
        var raised = await raise.ExecuteAsync(session.Connection, [.. moves.Where(static move => move.After.IsFiring && !move.Before.IsFiring).Select(move => RuleWords.Notice(rule, move.Subject, move.Value, now))], cancellationToken);
        var closed = await close.AllButAsync(session.Connection, rule.Tenant, RuleChanges.Source, RuleChanges.Prefix(rule.Id), [.. moves.Where(static move => move.After.IsFiring).Select(move => RuleWords.Key(rule, move.Subject))], cancellationToken);
        if (news.Count > 0) await enqueue.ExecuteAsync(session.Connection, rule.Tenant, rule.Definition.Channels, RuleWords.Raised(rule, [.. news.Select(static move => (move.Subject, move.Value))], now), cancellationToken);
        if (recovered.Count > 0 && !isMuted) await enqueue.ExecuteAsync(session.Connection, rule.Tenant, rule.Definition.Channels, RuleWords.Recovered(rule, [.. recovered.Select(static move => (move.Subject, move.Value))], now), cancellationToken);
        var told = news.Select(static move => move.Subject).ToHashSet(StringComparer.Ordinal);
        await WriteStatesAsync(session.Connection, rule, [.. moves.Where(static move => !move.After.IsWell).Select(move => (move.Subject, told.Contains(move.Subject) ? move.After with { IsTold = true } : move.After))], cancellationToken);
        await session.CommitAsync(cancellationToken);
        changes.SignalAlerts([.. raised, .. closed]);
        if (news.Count + recovered.Count + raised.Count + closed.Count == 0) return false;
        foreach (var topic in new[] { Topics.Budgets(rule.Tenant), Topics.AllBudgets, Topics.Deliveries(rule.Tenant), Topics.AllDeliveries }) changes.Signal(topic);
        return true;
    }

    /// <summary>Every subject that is measured or was not well.</summary>
    private static List<Moved> Move(RuleRow rule, RuleReading reading, Dictionary<string, SubjectState> before, DateTimeOffset now)
    {
        var knows = rule.EvaluatedAt is { } last && now - last <= LongestGap;
        return [.. reading.Now.Keys.Union(before.Keys, StringComparer.Ordinal).Select(subject =>
        {
            var (was, test) = (before.GetValueOrDefault(subject, SubjectState.Well), reading.Test(rule.Definition, subject));
            if (!knows && !was.IsFiring) was = SubjectState.Well;
            return new Moved(subject, was, was.Next(test.IsWrong, now, rule.Definition), test.Value);
        })];
    }

    private async Task<bool> HoldAsync(NpgsqlConnection connection, RuleRow rule, string? problem, CancellationToken cancellationToken)
    {
        await using var command = Command(Hold, connection, rule);
        command.Parameters.Add(new() { Value = rule.Revision });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)problem ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task<Dictionary<string, SubjectState>> ReadStatesAsync(NpgsqlConnection connection, RuleRow rule, CancellationToken cancellationToken)
    {
        await using var command = Command(Read, connection, rule);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<string, SubjectState>(StringComparer.Ordinal);
        DateTimeOffset? Time(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<DateTimeOffset>(ordinal);
        while (await reader.ReadAsync(cancellationToken)) states[reader.GetString(0)] = new(reader.GetBoolean(1), Time(2), Time(3), reader.GetBoolean(4));
        return states;
    }

    private static async Task WriteStatesAsync(NpgsqlConnection connection, RuleRow rule, List<(string Subject, SubjectState State)> states, CancellationToken cancellationToken)
    {
        await using (var forget = Command(Forget, connection, rule))
        {
            Add(forget, NpgsqlDbType.Text, states.Select(static one => one.Subject));
            await forget.ExecuteNonQueryAsync(cancellationToken);
        }
        if (states.Count == 0) return;
        await using var write = Command(Write, connection, rule);
        Add(write, NpgsqlDbType.Text, states.Select(static one => one.Subject));
        Add(write, NpgsqlDbType.Boolean, states.Select(static one => one.State.IsFiring));
        Add(write, NpgsqlDbType.TimestampTz, states.Select(static one => one.State.WrongSince?.UtcDateTime));
        Add(write, NpgsqlDbType.TimestampTz, states.Select(static one => one.State.WellSince?.UtcDateTime));
        Add(write, NpgsqlDbType.Boolean, states.Select(static one => one.State.IsTold));
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, IEnumerable<T> values) => command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, RuleRow rule) => new(sql, connection) { Parameters = { new() { Value = rule.Tenant }, new() { Value = rule.Id } } };

    private sealed record Moved(string Subject, SubjectState Before, SubjectState After, decimal? Value);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert rule {Id} of tenant {Tenant} could not be looked at")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id, string tenant);
}
