using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.AlertRules.Pages;

/// <param name="Selected">The rule that the URL names; null when there is none, or none for the visitor.</param>
/// <param name="Places">Tenants that the visitor may make rules of.</param>
public sealed record RulesView(IReadOnlyList<RuleRow> Rules, RuleRow? Selected, IReadOnlyList<TenantChoice> Places, IReadOnlyList<ChannelRow> Channels, Caller Caller, DateTimeOffset Now)
{
    public bool MayChange(RuleRow rule) => Caller.Can(Permission.ManageBudgets, rule.Tenant);
}

/// <summary>What is watched, as a tab of the alerts page.</summary>
public sealed partial class RulesTab
{
    public const string Name = "rules";

    private Guid? asked;
    private string? problem;
    private bool working;

    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private RuleQueries Queries { get; set; } = null!;
    [Inject] private ChannelQueries Channels { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;
    [Inject] private RemoveRule Remove { get; set; } = null!;
    [Inject] private ILogger<RulesTab> Log { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => Topics.BudgetsOf(Frame.Reach);

    protected override bool Owns(PageUrl url) => url.Path == Links.Alerts && url["tab"] == Name;

    protected override async Task<RulesView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach, caller) = (Url, Frame.Reach, await Current.ReadAsync());
        var rules = await Queries.ListAsync(reach, null, cancellationToken);
        var selected = Guid.TryParse(url["rule"], out var id) ? await Queries.FindAsync(reach, id, cancellationToken) : null;
        return new([.. rules.Select(static rule => rule.Rule)], selected?.Rule, await Choices.ListAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken), await Channels.ListAsync(reach, cancellationToken), caller, Clock.GetUtcNow());
    }

    private async Task RemoveAsync(RuleRow rule)
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            problem = (await Remove.ExecuteAsync(rule.Id, await Current.ReadAsync(), CancellationToken.None)).Error?.Message;
            asked = null;
            await ReloadAsync();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, rule.Id);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            working = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert rule {Id} could not be removed")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id);
}
