using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Budgets.Pages;

/// <summary>Makes a budget or changes one, and shows first what it would have said.</summary>
public sealed partial class BudgetForm
{
    private static readonly string[] Dimensions = ["team", "user", "key", "model", "provider"];

    private readonly Dictionary<string, string?> scope = Dimensions.ToDictionary(static name => name, static _ => (string?)null);
    private readonly HashSet<Guid> chosen = [];
    private string? name;
    private string? tenant;
    private string amount = "";
    private BudgetPeriod period = BudgetPeriod.Month;
    private string thresholds = string.Join(", ", BudgetDraft.UsualThresholds);
    private string? problem;
    private BudgetPreview? preview;
    private bool block;
    private bool working;
    private bool filled;

    [Parameter, EditorRequired] public required BudgetsView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    /// <summary>The one to change; null: a new one.</summary>
    [Parameter] public BudgetRow? Budget { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private CreateBudget Create { get; set; } = null!;
    [Inject] private ChangeBudget Change { get; set; } = null!;
    [Inject] private PreviewBudget Preview { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ILogger<BudgetForm> Log { get; set; } = null!;

    private IEnumerable<ChannelRow> Channels => View.Channels.Where(channel => channel.Tenant == tenant);

    protected override void OnParametersSet()
    {
        tenant ??= Budget?.Tenant ?? View.Places.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? (View.Places.Count > 0 ? View.Places[0].Id : null);
        if (filled || Budget is not { } budget) return;
        filled = true;
        (name, block, amount, period, thresholds) = (budget.Name, budget.Block, budget.Amount.ToString("0.00####", CultureInfo.InvariantCulture), budget.Period, string.Join(", ", budget.Thresholds));
        foreach (var (dimension, value) in budget.Scope.Named) scope[dimension.ToString().ToLowerInvariant()] = value;
        chosen.UnionWith(budget.Channels);
    }

    private void Choose(Guid channel, bool isChosen)
    {
        if (isChosen) chosen.Add(channel);
        else chosen.Remove(channel);
    }

    private Result<BudgetDraft> Read()
    {
        if (tenant is null) return new InvalidBudget(["Choose a tenant."]);
        if (!decimal.TryParse(amount.Trim().TrimStart('$'), NumberStyles.Number, CultureInfo.InvariantCulture, out var usd)) return new InvalidBudget(["The amount is no number."]);
        var marks = new List<int>();
        foreach (var text in thresholds.Split([',', ' ', '%'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mark)) return new InvalidBudget([$"\"{text}\" is no whole percentage."]);
            marks.Add(mark);
        }
        var said = new BudgetScope(tenant, scope["team"], scope["user"], scope["key"], scope["model"], scope["provider"]);
        return new BudgetDraft(name, said, usd, period, marks, block, [.. Channels.Select(static channel => channel.Id).Where(chosen.Contains)]);
    }

    private Task PreviewAsync() => DoAsync(async (draft, caller) =>
    {
        var seen = await Preview.ExecuteAsync(draft, caller, CancellationToken.None);
        (preview, problem) = (seen.Value, seen.Error?.Message);
    });

    private Task SaveAsync() => DoAsync(async (draft, caller) =>
    {
        var saved = Budget is null ? await Create.ExecuteAsync(draft, caller, CancellationToken.None) : await Change.ExecuteAsync(Budget.Id, draft, caller, CancellationToken.None);
        if (saved.Ok) Navigation.NavigateTo(BudgetLinks.ToBudget(Url, saved.Value.Id).ToString());
        else problem = saved.Error.Message;
    });

    private async Task DoAsync(Func<BudgetDraft, Caller, Task> deed)
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            var draft = Read();
            if (draft.Ok) await deed(draft.Value, await Caller.ReadAsync());
            else problem = draft.Error.Message;
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            working = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A budget could not be saved or previewed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
