using AgentConsole.Access;
using AgentConsole.Budgets.Evaluation;
using AgentConsole.Notify;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Budgets.Pages;

/// <summary>One budget: how it stands, what it would have said before, and the way to change or remove it.</summary>
public sealed partial class BudgetPanel
{
    private const int Shown = 20;

    private bool asked;
    private bool working;
    private string? problem;

    [Parameter, EditorRequired] public required BudgetSelection Selection { get; set; }
    [Parameter, EditorRequired] public required BudgetsView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private RemoveBudget Remove { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ILogger<BudgetPanel> Log { get; set; } = null!;

    private BudgetRow Budget => Selection.Budget.Budget;

    private TimeZoneInfo Zone => Selection.Budget.Zone;

    private string Usage => BudgetWords.Link(Budget, BudgetCalendar.Around(View.Now, Budget.Period, Zone), "");

    private string Tells => Budget.Channels.Count == 0
        ? "nobody outside of the console: no channel is chosen"
        : string.Join(", ", Budget.Channels.Select(id => View.Channels.FirstOrDefault(channel => channel.Id == id) is { } channel ? $"{channel.Name} ({channel.Kind.Name()})" : "a channel that was removed"));

    private string Sentence(BudgetStanding standing, SubjectStanding leading)
    {
        var whose = leading.Subject.Length == 0 ? "" : $"{leading.Subject}: ";
        var spent = $"{whose}{Format.Money(leading.Spent)} of {Format.Money(Budget.Amount)} in {standing.Span.Words(Budget.Period)}";
        var forecast = leading.Forecast is { } expected ? $"; {Format.Money(expected)} expected by its end" : "";
        var end = leading.ExhaustedAt is not { } at ? "" : leading.Spent >= Budget.Amount ? $". Used up by {Format.Minute(at, Zone)}" : $". It will be used up around {Format.Minute(at, Zone)}";
        return $"{spent}{forecast}{end}.{(leading.NoForecast is { } why ? $" No forecast: {why}" : "")}";
    }

    private async Task RemoveAsync()
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            var removed = await Remove.ExecuteAsync(Budget.Id, await Caller.ReadAsync(), CancellationToken.None);
            if (removed.Ok) Navigation.NavigateTo(BudgetLinks.ToList(Url).ToString());
            else problem = removed.Error.Message;
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, Budget.Id);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            working = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Budget {Id} could not be removed")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id);
}
