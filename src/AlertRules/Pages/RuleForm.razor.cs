using System.Globalization;
using AgentConsole.Access;
using AgentConsole.AlertRules.Api;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.AlertRules.Pages;

/// <summary>Makes a rule or changes one, and says first when it would have fired.</summary>
public sealed partial class RuleForm
{
    private static readonly string[] Filters = ["provider", "model", "user", "key", "team", "agent", "operation", "status"];

    private readonly Dictionary<string, string?> filter = Filters.ToDictionary(static name => name, static _ => (string?)null);
    private readonly HashSet<Guid> chosen = [];
    private string name = "";
    private string? tenant;
    private Measure measure = Measure.FailureRate;
    private RuleCondition condition = RuleCondition.Above;
    private string threshold = "";
    private RuleWindow window = RuleWindow.Hour;
    private RuleBaseline against = RuleBaseline.Previous;
    private string each = "";
    private int forMinutes = 5;
    private int recoverMinutes = 5;
    private AlertSeverity severity = AlertSeverity.Warning;
    private string subjects = "";
    private string mutes = "";
    private bool isEnabled = true;
    private string? problem;
    private Backtest? test;
    private bool saved;
    private bool working;
    private bool filled;

    [Parameter, EditorRequired] public required RulesView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    /// <summary>The one to change; null: a new one.</summary>
    [Parameter] public RuleRow? Rule { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveRule Save { get; set; } = null!;
    [Inject] private BacktestRule Backtest { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ILogger<RuleForm> Log { get; set; } = null!;

    private IEnumerable<ChannelRow> Channels => View.Channels.Where(channel => channel.Tenant == tenant);

    private string Unit => condition is RuleCondition.Rises or RuleCondition.Falls ? "percent" : measure.Unit() switch
    {
        MeasureUnit.Usd => "USD",
        MeasureUnit.Share => "of 1: 0.05 is 5 %",
        MeasureUnit.Milliseconds => "milliseconds",
        MeasureUnit.TokensPerSecond => "tokens per second",
        MeasureUnit.Tokens => "tokens",
        _ => "how many",
    };

    protected override void OnParametersSet()
    {
        tenant ??= Rule?.Tenant ?? View.Places.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? (View.Places.Count > 0 ? View.Places[0].Id : null);
        if (filled || Rule is not { Definition: var rule }) return;
        filled = true;
        (name, measure, condition, threshold, window, against, each) = (rule.Name, rule.Measure, rule.Condition, RuleJson.Number(rule.Threshold), rule.Window, rule.Against, rule.Each?.Name() ?? "");
        (forMinutes, recoverMinutes, severity, isEnabled) = (rule.ForMinutes, rule.RecoverMinutes, rule.Severity, rule.IsEnabled);
        foreach (var (dimension, value) in rule.Filter) filter[dimension] = value;
        (subjects, mutes) = (RuleLines.Write(rule.Subjects), RuleLines.Write(rule.Mutes));
        chosen.UnionWith(rule.Channels);
    }

    private void Choose(Guid channel, bool isChosen)
    {
        if (isChosen) chosen.Add(channel);
        else chosen.Remove(channel);
    }

    private Result<RuleDefinition> Read()
    {
        if (tenant is null) return new InvalidRule(["Choose a tenant."]);
        var limit = 0m;
        if (condition != RuleCondition.NoData && !decimal.TryParse(threshold.Trim(), NumberStyles.Number, CultureInfo.InvariantCulture, out limit)) return new InvalidRule(["The threshold is no number."]);
        var (own, muted) = (RuleLines.ReadSubjects(subjects), RuleLines.ReadMutes(mutes));
        if (!own.Ok) return own.Error;
        if (!muted.Ok) return muted.Error;
        var said = filter.Where(static pair => !string.IsNullOrWhiteSpace(pair.Value)).ToDictionary(static pair => pair.Key, static pair => pair.Value!);
        return new RuleDefinition(name, measure, said, Dimensions.Parse(each), condition, limit, window, against, forMinutes, recoverMinutes, own.Value, muted.Value, severity, [.. Channels.Select(static channel => channel.Id).Where(chosen.Contains)], isEnabled);
    }

    private Task TestAsync() => DoAsync(async (rule, caller) =>
    {
        var tested = await Backtest.ExecuteAsync(tenant!, rule, BacktestRule.MostDays, caller, CancellationToken.None);
        (test, problem) = (tested.Value, tested.Error?.Message);
    });

    private Task SaveAsync() => DoAsync(async (rule, caller) =>
    {
        var done = Rule is null ? await Save.CreateAsync(tenant!, rule, caller, CancellationToken.None) : await Save.ChangeAsync(Rule.Id, rule, caller, CancellationToken.None);
        (saved, problem) = (done.Ok, done.Error?.Message);
        if (done.Ok && Rule is null) Navigation.NavigateTo(Url.Without("create").With("rule", done.Value.Id.ToString()).ToString());
    });

    private async Task DoAsync(Func<RuleDefinition, Caller, Task> deed)
    {
        if (working) return;
        (working, problem, saved) = (true, null, false);
        try
        {
            var rule = Read();
            if (rule.Ok) await deed(rule.Value, await Caller.ReadAsync());
            else problem = rule.Error.Message;
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

    [LoggerMessage(Level = LogLevel.Error, Message = "An alert rule could not be saved or tested")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
