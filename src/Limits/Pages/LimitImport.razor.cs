using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>Limits from a table: read, compared, shown line by line, and only then saved.</summary>
public sealed partial class LimitImport
{
    private const int Shown = 500;

    /// <summary>From a browser to its circuit no more comes at once; a file does.</summary>
    private const int PasteLimit = 24_000;

    private const string Example = "user,measure,max,window,reason\n*,cost,25.00,day,\nu-17,cost,100.00,day,contract of May\n";

    private string text = "";
    private IReadOnlyList<LimitLine> lines = [];
    private IReadOnlyList<PlannedLine>? plan;
    private string? problem;
    private bool busy;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    /// <summary>Of lines that name none.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Parameter] public EventCallback<LimitDeed> OnDone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveLimits Save { get; set; } = null!;
    [Inject] private ILogger<LimitImport> Log { get; set; } = null!;

    private int Good => Count(LimitLineKind.Added) + Count(LimitLineKind.Changed);

    private int Bad => Count(LimitLineKind.Refused);

    private int Count(LimitLineKind kind) => plan?.Count(line => line.Kind == kind) ?? 0;

    private void Touch() => (plan, problem, lines) = (null, null, []);

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        Touch();
        try
        {
            using var reader = new StreamReader(chosen.File.OpenReadStream(LimitCsv.MostCharacters));
            text = await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            problem = "The file is over 512 KB, or could not be read to its end.";
            return;
        }
        await PlanAsync();
    }

    private Task PlanAsync() => GuardedAsync(async caller =>
    {
        Touch();
        var read = LimitCsv.Read(text, Tenant);
        if (!read.Ok)
        {
            problem = read.Error.Message;
            return;
        }
        lines = read.Value;
        var found = await Save.PlanAsync(lines, caller, CancellationToken.None);
        (plan, problem) = (found.Value, found.Error?.Message);
    });

    private Task ApplyAsync() => GuardedAsync(async caller =>
    {
        var saved = await Save.ExecuteAsync(lines, caller, CancellationToken.None);
        if (!saved.Ok)
        {
            problem = saved.Error.Message;
            return;
        }
        var (added, changed) = (saved.Value.Count(static line => line.Kind == LimitLineKind.Added), saved.Value.Count(static line => line.Kind == LimitLineKind.Changed));
        await OnDone.InvokeAsync(LimitDeed.Of($"Imported: {Format.Count(added)} new, {Format.Count(changed)} changed. They hold on every node within two seconds."));
    });

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
            problem = "The store did not confirm it. Look again at what it changes: what is there already is not added twice.";
        }
        finally
        {
            busy = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A table of limits could not be compared or saved")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
