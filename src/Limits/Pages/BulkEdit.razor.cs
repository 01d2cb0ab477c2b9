using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>One change for several limits: what it comes to is shown, then it is saved for all at once.</summary>
public sealed partial class BulkEdit
{
    private string what = "max";
    private string value = "";
    private LimitWindow window = LimitWindow.Month;
    private LimitAction action = LimitAction.Block;
    private IReadOnlyList<PlannedLine>? plan;
    private IReadOnlyList<LimitLine> lines = [];
    private string? problem;
    private bool busy;
    private (string What, string Value, LimitWindow Window, LimitAction Action)? planned;

    [Parameter, EditorRequired] public required IReadOnlyList<LimitRow> Rows { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter] public EventCallback<LimitDeed> OnDone { get; set; }
    [Parameter] public EventCallback OnCancel { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveLimits Save { get; set; } = null!;
    [Inject] private RemoveLimit Remove { get; set; } = null!;
    [Inject] private ILogger<BulkEdit> Log { get; set; } = null!;

    private int Changed => plan?.Count(static line => line.Kind == LimitLineKind.Changed) ?? 0;

    private int Refused => plan?.Count(static line => line.Kind == LimitLineKind.Refused) ?? 0;

    private string Says => what == "remove"
        ? $"{Format.Count(Rows.Count)} limits end now: what they held back is let through from then on. It can be undone."
        : $"{Format.Count(Changed)} of {Format.Count(Rows.Count)} limits change{(Refused > 0 ? $", {Format.Count(Refused)} cannot" : "")}{(plan!.FirstOrDefault(static line => line.Kind == LimitLineKind.Changed) is { Draft: { } draft, Before: { } before } ? $": {LimitWords.Rule(before)} becomes {LimitWords.Rule(draft.Measure, draft.Max, draft.Window)}, and so on" : "")}.";

    /// <summary>Another change or selection is another plan.</summary>
    protected override void OnParametersSet()
    {
        if (plan is not null && (planned != (what, value, window, action) || plan.Count != Rows.Count)) Forget();
    }

    private void Forget() => (plan, problem, lines) = (null, null, []);

    private Task PlanAsync() => GuardedAsync(async caller =>
    {
        (problem, planned) = (null, (what, value, window, action));
        if (what is "max" or "percent" && !decimal.TryParse(value.Trim().TrimStart('$').TrimEnd('%'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            problem = "Say it as a number, such as 25.00.";
            return;
        }
        lines = [.. Rows.Select((row, index) => new LimitLine(index + 1, what == "remove" ? row.Draft : Draft(row), row.Id))];
        var found = await Save.PlanAsync(lines, caller, CancellationToken.None);
        (plan, problem) = (found.Value, found.Error?.Message);
    });

    private LimitDraft Draft(LimitRow row)
    {
        var number = what is "max" or "percent" ? decimal.Parse(value.Trim().TrimStart('$').TrimEnd('%'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return what switch
        {
            "max" => row.Draft with { Max = number },
            "percent" => row.Draft with { Max = Math.Max(0, decimal.Round(row.Max * (100 + number) / 100, row.Measure == LimitMeasure.Cost ? 6 : 0)) },
            "window" => row.Draft with { Window = row.Window is null ? null : window },
            _ => row.Draft with { Action = action },
        };
    }

    private Task ApplyAsync() => GuardedAsync(async caller =>
    {
        if (what == "remove") await RemoveAsync(caller);
        else await SaveAsync(caller);
    });

    private async Task SaveAsync(Caller caller)
    {
        var saved = await Save.ExecuteAsync(lines, caller, CancellationToken.None);
        if (!saved.Ok)
        {
            problem = saved.Error.Message;
            return;
        }
        LimitLine[] before = [.. saved.Value.Where(static line => line.Kind == LimitLineKind.Changed).Select(static line => new LimitLine(line.Number, line.Before!.Draft, line.Before.Id))];
        await OnDone.InvokeAsync(new($"{Format.Count(before.Length)} limits changed. They hold on every node within two seconds.", [], before));
    }

    private async Task RemoveAsync(Caller caller)
    {
        var gone = new List<LimitLine>();
        foreach (var row in Rows)
            if ((await Remove.ExecuteAsync(row.Id, caller, CancellationToken.None)).Ok && !row.IsOver(TimeProvider.System.GetUtcNow())) gone.Add(new(gone.Count + 1, row.Draft));
        await OnDone.InvokeAsync(new($"{Format.Count(Rows.Count)} limits were taken away.", [], gone));
    }

    private async Task GuardedAsync(Func<Caller, Task> act)
    {
        if (busy) return;
        busy = true;
        try
        {
            await act(await Caller.ReadAsync());
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Look at the list, then try again.";
        }
        finally
        {
            busy = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Several limits could not be changed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
