using AgentConsole.Access;
using AgentConsole.Platform;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Anomalies.Pages;

/// <summary>The timeline of a case and its deeds: take, note, close, reopen.</summary>
public sealed partial class CaseDesk
{
    private string note = "";
    private string reason = "";
    private string verdict = "";
    private string? problem;
    private bool busy;

    [Parameter, EditorRequired] public required CaseRow Case { get; set; }
    /// <summary>Oldest first.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<CaseEntryRow> Entries { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter] public bool MayAct { get; set; }
    [Parameter] public EventCallback OnDone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private TakeCase Take { get; set; } = null!;
    [Inject] private NoteCase Note { get; set; } = null!;
    [Inject] private CloseCase Close { get; set; } = null!;
    [Inject] private ReopenCase Reopen { get; set; } = null!;
    [Inject] private ILogger<CaseDesk> Log { get; set; } = null!;

    private Task TakeAsync() => ActAsync(caller => Take.ExecuteAsync(Case.Tenant, Case.Id, caller, CancellationToken.None));

    private Task NoteAsync() => ActAsync(caller => Note.ExecuteAsync(Case.Tenant, Case.Id, note, caller, CancellationToken.None));

    private Task ReopenAsync() => ActAsync(caller => Reopen.ExecuteAsync(Case.Tenant, Case.Id, caller, CancellationToken.None));

    private Task CloseAsync() => ActAsync(caller => CaseNames.ParseVerdict(verdict) is { } said
        ? Close.ExecuteAsync(Case.Tenant, Case.Id, said, reason, caller, CancellationToken.None)
        : Task.FromResult<Result<CaseRow>>(new InvalidVerdict()));

    /// <summary>What was typed stays until it is kept.</summary>
    private async Task ActAsync(Func<Caller, Task<Result<CaseRow>>> act)
    {
        if (busy) return;
        (busy, problem) = (true, null);
        try
        {
            var done = await act(await Caller.ReadAsync());
            problem = done.Error is InvalidVerdict ? "Choose a verdict first." : done.Error?.Message;
            if (done.Ok) (note, reason, verdict) = ("", "", "");
            await OnDone.InvokeAsync();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, Case.Id);
            problem = "The store did not confirm it. Look at the timeline, then try again.";
        }
        finally
        {
            busy = false;
        }
    }

    private static string Deed(CaseEntryKind kind) => kind switch
    {
        CaseEntryKind.Opened => "opened the case",
        CaseEntryKind.Taken => "took it on",
        CaseEntryKind.Note => "noted",
        CaseEntryKind.Closed => "closed it",
        CaseEntryKind.Reopened => "reopened it",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The case {Id} could not be changed")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id);
}
