using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>What was done, told above the list, and how to take it back.</summary>
/// <param name="Remove">Taken back by taking these away again.</param>
/// <param name="Restore">Taken back by setting these again.</param>
public sealed record LimitDeed(string Text, IReadOnlyList<Guid> Remove, IReadOnlyList<LimitLine> Restore, bool IsProblem = false)
{
    public bool CanUndo => Remove.Count + Restore.Count > 0;

    public static LimitDeed Of(string text) => new(text, [], []);

    public static LimitDeed Problem(string text) => new(text, [], [], true);
}

/// <summary>Which limits there are and how they stand; sets, raises and ends them; what they refused, and the proof that they hold.</summary>
public sealed partial class LimitsPage
{
    private LimitDeed? _deed;
    private PageUrl? _deedFrom;
    private PageUrl? _deedOn;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private LimitsReader Reader { get; set; } = null!;
    [Inject] private RemoveLimit Remove { get; set; } = null!;
    [Inject] private SaveLimits Save { get; set; } = null!;
    [Inject] private ILogger<LimitsPage> Log { get; set; } = null!;

    private string? Tab => Url.Text("tab");

    private IEnumerable<(string? Name, string Label)> Tabs
    {
        get
        {
            yield return (null, "All");
            yield return (LimitLinks.Refused, "Refused");
            yield return (LimitLinks.Proof, "Proof");
            if (Data is { MayManage: true }) yield return (LimitLinks.Import, "Import");
        }
    }

    protected override IReadOnlyList<string> ListensTo => [Topics.Limits, Topics.Refusals];

    protected override bool Owns(PageUrl url) => url.Path == Links.Limits;

    protected override async Task<LimitsView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach) = (Url, Frame.Reach);
        // It goes with the first step elsewhere.
        if (_deedOn is not null && _deedOn != url && _deedFrom != url) (_deed, _deedFrom, _deedOn) = (null, null, null);
        return await Reader.ReadAsync(url, reach, await Caller.ReadAsync(), cancellationToken);
    }

    /// <summary>Tells it on the list, where it can be seen.</summary>
    private async Task DoneAsync(LimitDeed deed)
    {
        _deed = deed;
        var list = deed.IsProblem ? Url : LimitLinks.ToList(Url);
        (_deedFrom, _deedOn) = (Url, list);
        if (Url != list) Navigation.NavigateTo(list.ToString());
        else await ReloadAsync();
    }

    private async Task UndoAsync()
    {
        if (_deed is not { CanUndo: true } deed) return;
        _deed = null;
        var caller = await Caller.ReadAsync();
        try
        {
            var problems = new List<string>();
            foreach (var id in deed.Remove)
                if (await Remove.ExecuteAsync(id, caller, CancellationToken.None) is { Ok: false, Error: var error }) problems.Add(error.Message);
            if (deed.Restore.Count > 0)
            {
                var restored = await Save.ExecuteAsync(deed.Restore, caller, CancellationToken.None);
                problems.AddRange(restored.Ok ? restored.Value.SelectMany(static line => line.Reasons) : [restored.Error.Message]);
            }
            _deed = problems.Count == 0 ? LimitDeed.Of("Taken back. It holds on every node within two seconds.") : LimitDeed.Problem($"Not all of it could be taken back: {string.Join(' ', problems.Distinct())}");
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            _deed = LimitDeed.Problem("The store did not confirm it. Look at the list, then try again.");
        }
        await ReloadAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of limits could not be taken back")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
