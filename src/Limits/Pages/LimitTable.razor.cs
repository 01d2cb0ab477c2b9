using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>The list of limits: narrowed and sorted by the URL, each changed in its row, several at once.</summary>
public sealed partial class LimitTable
{
    private static readonly (string? Name, string Label)[] States = [(null, "In force"), ("over", "Over"), ("all", "All")];

    private readonly HashSet<Guid> chosen = [];
    private string search = "";
    private PageUrl? shown;
    private Guid? editing;
    private LimitRow? edited;
    private string max = "";
    private LimitWindow window;
    private LimitAction action;
    private LimitDraft? draft;
    private LimitDryRun? run;
    private string? problem;
    private bool saving;

    [Parameter, EditorRequired] public required LimitsView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    /// <summary>The one tenant looked at; null: several.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Parameter] public EventCallback<LimitDeed> OnDone { get; set; }
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveLimits Save { get; set; } = null!;
    [Inject] private DryRunLimit DryRun { get; set; } = null!;
    [Inject] private ILogger<LimitTable> Log { get; set; } = null!;

    private string Sort => Url.Text("sort") ?? "-createdAt";

    private int Page => LimitsReader.Query(Url).Skip / LimitLinks.PageSize + 1;

    private IEnumerable<LimitRow> Changeable => View.Items.Select(static item => item.Row).Where(row => View.May(row.Scope.Tenant));

    private IReadOnlyList<LimitRow> Chosen => [.. Changeable.Where(row => chosen.Contains(row.Id))];

    protected override void OnParametersSet()
    {
        // What is not shown any more is not chosen either.
        chosen.IntersectWith(View.Items.Select(static item => item.Row.Id));
        if (shown == Url) return;
        (shown, search) = (Url, Url.Text("search") ?? "");
        Cancel();
    }

    private void Choose(Guid id, bool isChosen)
    {
        if (isChosen) chosen.Add(id);
        else chosen.Remove(id);
    }

    private void ChooseAll(bool isChosen)
    {
        chosen.Clear();
        if (isChosen) chosen.UnionWith(Changeable.Select(static row => row.Id));
    }

    private PageUrl To(string? status) => status is null ? Url.Without("status", "page", "limit") : Url.Without("page", "limit").With("status", status);

    private void Search() => Filter("search", search.Trim());

    private void Filter(string name, object? value)
    {
        var url = Url.Without(name, "page", "limit");
        Navigation.NavigateTo((value is string { Length: > 0 } text ? url.With(name, text) : url).ToString());
    }

    private void Edit(LimitRow row)
    {
        Cancel();
        (editing, edited, max, window, action) = (row.Id, row, LimitAmount.Text(row.Measure, row.Max), row.Window ?? LimitWindow.Month, row.Action);
    }

    private void Cancel() => (editing, edited, draft, run, problem) = (null, null, null, null, null);

    private Task KeyAsync(KeyboardEventArgs pressed)
    {
        if (pressed.Key == "Escape") Cancel();
        return pressed.Key == "Enter" ? SaveAsync() : Task.CompletedTask;
    }

    /// <summary>What takes something away is tried out first.</summary>
    private Task SaveAsync() => GuardedAsync(async caller =>
    {
        (problem, run) = (null, null);
        if (!decimal.TryParse(max.Trim().TrimStart('$'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var most))
        {
            problem = "At most: a number such as 25.00.";
            return;
        }
        if (edited is not { } row) return;
        draft = row.Draft with { Max = most, Window = row.Window is null ? null : window, Action = action };
        var takes = draft.Action == LimitAction.Block && (most < row.Max || draft.Window != row.Window || row.Action == LimitAction.Warn);
        if (takes && await DryRun.ExecuteAsync(draft, LimitForm.Days, caller, CancellationToken.None) is { Ok: true } tried) run = tried.Value;
        else await WriteAsync(caller);
    });

    private Task SaveAnywayAsync() => GuardedAsync(WriteAsync);

    private async Task WriteAsync(Caller caller)
    {
        if (edited is not { } before || draft is not { } after) return;
        var saved = await Save.ExecuteAsync([new(1, after, before.Id)], caller, CancellationToken.None);
        problem = saved.Ok ? saved.Value[0].Reasons.Count > 0 ? string.Join(' ', saved.Value[0].Reasons) : null : saved.Error.Message;
        if (problem is not null) return;
        Cancel();
        await OnDone.InvokeAsync(new($"{LimitWords.Who(before.Scope)}: {LimitWords.Rule(before)} is now {LimitWords.Rule(after.Measure, after.Max, after.Window)}. It holds on every node within two seconds.", [], [new(1, before.Draft, before.Id)]));
    }

    private async Task GuardedAsync(Func<Caller, Task> act)
    {
        if (saving) return;
        saving = true;
        try
        {
            await act(await Caller.ReadAsync());
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            saving = false;
        }
    }

    private async Task BulkDoneAsync(LimitDeed deed)
    {
        if (!deed.IsProblem) chosen.Clear();
        await OnDone.InvokeAsync(deed);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A limit could not be changed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
