using AgentConsole.Alerts;
using AgentConsole.Budgets.Evaluation;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Budgets;

/// <summary>
/// Looks at every budget: 1. sums it; 2. of the marks that are reached keeps those that are new, which the store says, so that none is told twice, whoever looks; 3. raises an alert
/// for the highest of each subject and closes those that are no longer so; 4. writes one message per channel. 2 to 4 are one transaction.
/// </summary>
public sealed partial class EvaluateBudgets(
    BudgetQueries budgets, MeasureBudgets measure, Database database, RaiseAlerts raise, CloseAlerts close, EnqueueMessages enqueue, IChangeFeed changes, TimeProvider time, ILogger<EvaluateBudgets> logger)
{
    private const int PageSize = 500;

    /// <summary>Nothing when the budget was changed or removed since it was read. Whoever else looks at it waits here.</summary>
    private const string Mark = "UPDATE budgets SET evaluated_at = $4, problem = $5 WHERE tenant_id = $1 AND budget_id = $2 AND revision = $3";

    private const string Cross = """
        INSERT INTO budget_crossings (tenant_id, budget_id, revision, period_start, subject, mark, spent, crossed_at)
        SELECT $1, $2, $3, $4, d.subject, d.mark, d.spent, $5 FROM unnest($6, $7, $8) AS d(subject, mark, spent)
        ON CONFLICT DO NOTHING RETURNING subject, mark
        """;

    /// <summary>Answers how many budgets have something new to tell. One that cannot be summed does not keep the others from it.</summary>
    /// <exception cref="InvalidOperationException">Some could not be looked at.</exception>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var (told, failed, seen) = (0, 0, 0);
        for (BudgetPage? page = null; page is null || page.Next is not null;)
        {
            page = await budgets.ListAsync(Reach.Platform, new(After: page?.Next, Limit: PageSize), cancellationToken);
            foreach (var budget in page.Items)
            {
                seen++;
                try
                {
                    if (await EvaluateAsync(budget.Budget, budget.Zone, cancellationToken)) told++;
                }
                catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
                {
                    failed++;
                    LogFailed(logger, error, budget.Budget.Id, budget.Budget.Tenant);
                }
            }
        }
        return failed == 0 ? told : throw new InvalidOperationException($"{failed} of {seen} budgets could not be looked at.");
    }

    /// <summary>Whether there was something new to tell.</summary>
    internal async Task<bool> EvaluateAsync(BudgetRow budget, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var standing = await measure.ReadAsync(budget, zone, now, cancellationToken);
        if (!standing.Ok)
        {
            await WriteProblemAsync(budget, standing.Error.Message, cancellationToken);
            throw new InvalidOperationException(standing.Error.Message);
        }
        var missed = await MissedAsync(budget, standing.Value.Span, zone, cancellationToken);
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        if (!await MarkAsync(session.Connection, budget, null, cancellationToken)) return false;
        var raised = await TellAsync(session.Connection, budget, zone, missed, cancellationToken);
        raised.AddRange(await TellAsync(session.Connection, budget, zone, (standing.Value.Span, standing.Value.Subjects), cancellationToken));
        var closed = await close.AllButAsync(session.Connection, budget.Tenant, BudgetChanges.Source, BudgetChanges.Prefix(budget.Id), Open(budget, standing.Value), cancellationToken);
        await session.CommitAsync(cancellationToken);
        changes.SignalAlerts([.. raised, .. closed]);
        if (raised.Count == 0) return false;
        foreach (var topic in new[] { Topics.Budgets(budget.Tenant), Topics.AllBudgets, Topics.Deliveries(budget.Tenant), Topics.AllDeliveries }) changes.Signal(topic);
        return true;
    }

    /// <summary>What nobody looked at before the period was over.</summary>
    private async Task<(BudgetSpan Span, IReadOnlyList<SubjectStanding> Subjects)?> MissedAsync(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        if (budget.EvaluatedAt is not { } last || last >= span.From) return null;
        var before = BudgetCalendar.Before(span, budget.Period, zone);
        var read = await measure.ReadPastAsync(budget, before, zone, cancellationToken);
        return read.Ok ? (before, read.Value) : null;
    }

    /// <summary>Keeps what is new and tells of the highest of each subject. Answers what was raised.</summary>
    private async Task<List<AlertSubject>> TellAsync(NpgsqlConnection connection, BudgetRow budget, TimeZoneInfo zone, (BudgetSpan Span, IReadOnlyList<SubjectStanding> Subjects)? found, CancellationToken cancellationToken)
    {
        if (found is not var (span, subjects)) return [];
        var marks = subjects.Select(subject => BudgetMarks.Of(budget, subject)).Where(static marks => marks.Crossings.Any()).ToList();
        var fresh = await CrossAsync(connection, budget, span, marks, cancellationToken);
        var told = marks.SelectMany(marks => New(marks, fresh)).ToList();
        if (told.Count == 0) return [];
        var raised = await raise.ExecuteAsync(connection, [.. told.Select(one => BudgetWords.Notice(budget, span, zone, one.Standing, one.Mark))], cancellationToken);
        await enqueue.ExecuteAsync(connection, budget.Tenant, budget.Channels, BudgetWords.Message(budget, span, zone, told), cancellationToken);
        return [.. raised];
    }

    /// <summary>A lower mark that is new beside a higher one is kept and not told: after a time without anyone looking there is one word, not one for each.</summary>
    private static IEnumerable<(SubjectStanding Standing, int Mark)> New(BudgetMarks marks, HashSet<(string, int)> fresh)
    {
        if (marks.Mark is { } mark && fresh.Contains((marks.Standing.Subject, mark))) yield return (marks.Standing, mark);
        else if (marks.IsForecast && fresh.Contains((marks.Standing.Subject, BudgetCrossing.ForecastMark))) yield return (marks.Standing, BudgetCrossing.ForecastMark);
    }

    /// <summary>The alerts that are so now.</summary>
    private static List<string> Open(BudgetRow budget, BudgetStanding standing)
    {
        var keys = new List<string>();
        foreach (var marks in standing.Subjects.Select(subject => BudgetMarks.Of(budget, subject)))
        {
            if (marks.Mark is { } mark) keys.Add(BudgetWords.Key(budget, standing.Span, marks.Standing.Subject, mark));
            if (marks.IsForecast) keys.Add(BudgetWords.Key(budget, standing.Span, marks.Standing.Subject, BudgetCrossing.ForecastMark));
        }
        return keys;
    }

    private async Task<HashSet<(string, int)>> CrossAsync(NpgsqlConnection connection, BudgetRow budget, BudgetSpan span, List<BudgetMarks> marks, CancellationToken cancellationToken)
    {
        var crossings = marks.SelectMany(static marks => marks.Crossings.Select(mark => (marks.Standing.Subject, Mark: mark, marks.Standing.Spent))).ToList();
        if (crossings.Count == 0) return [];
        await using var command = new NpgsqlCommand(Cross, connection);
        Name(command, budget);
        command.Parameters.Add(Time(span.From));
        command.Parameters.Add(Time(time.GetUtcNow()));
        command.Parameters.Add(new() { Value = crossings.Select(static one => one.Subject).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = crossings.Select(static one => one.Mark).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = crossings.Select(static one => one.Spent).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var fresh = new HashSet<(string, int)>();
        while (await reader.ReadAsync(cancellationToken)) fresh.Add((reader.GetString(0), reader.GetInt32(1)));
        return fresh;
    }

    private async Task WriteProblemAsync(BudgetRow budget, string problem, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await MarkAsync(session.Connection, budget, problem, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private async Task<bool> MarkAsync(NpgsqlConnection connection, BudgetRow budget, string? problem, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Mark, connection);
        Name(command, budget);
        // Of one that cannot be summed it stays unsaid until when it was looked at.
        command.Parameters.Add(Time(problem is null ? time.GetUtcNow() : budget.EvaluatedAt));
        command.Parameters.Add(new() { Value = (object?)problem ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static void Name(NpgsqlCommand command, BudgetRow budget)
    {
        command.Parameters.Add(new() { Value = budget.Tenant });
        command.Parameters.Add(new() { Value = budget.Id });
        command.Parameters.Add(new() { Value = budget.Revision });
    }

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = at is { } known ? known.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    [LoggerMessage(Level = LogLevel.Error, Message = "Budget {Id} of tenant {Tenant} could not be looked at")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id, string tenant);
}
