using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Pricing.Pages;

/// <summary>What today's prices would change of the past, and the change itself. The preview looks at every request, so it is read once and not live.</summary>
public sealed partial class RepricePanel : IDisposable
{
    private const int Shown = 500;

    private CancellationTokenSource? looking;
    private RepriceScope? shown;
    private RepricePreview? preview;
    private bool reading;
    private string? problem;
    private bool asking;
    private bool starting;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required Reach Reach { get; set; }
    [Parameter, EditorRequired] public required RepriceScope Scope { get; set; }
    [Parameter] public bool MayApply { get; set; }
    /// <summary>Look at once, as a link asks for.</summary>
    [Parameter] public bool Preview { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<RepriceProgress> Runs { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private RepriceUsage Reprice { get; set; } = null!;
    [Inject] private ILogger<RepricePanel> Log { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (shown == Scope) return;
        (shown, preview, asking, problem) = (Scope, null, false, null);
        looking?.Cancel();
        if (Preview) await PreviewAsync();
    }

    private async Task PreviewAsync()
    {
        looking?.Cancel();
        looking?.Dispose();
        var mine = looking = new CancellationTokenSource();
        (reading, problem, preview, asking) = (true, null, null, false);
        try
        {
            var read = await Reprice.PreviewAsync(Reach, Scope, mine.Token);
            if (!mine.IsCancellationRequested) preview = read;
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The preview could not be read to its end. Take a shorter range, or try again.";
        }
        finally
        {
            if (ReferenceEquals(mine, looking)) reading = false;
        }
    }

    private async Task ApplyAsync()
    {
        if (starting || preview is null) return;
        (starting, problem) = (true, null);
        try
        {
            var started = await Reprice.StartAsync(Scope, preview.Requests, await Caller.ReadAsync(), CancellationToken.None);
            (preview, asking, problem) = (null, false, started.Error?.Message);
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm the start. Look below whether it is there before you apply it again.";
        }
        finally
        {
            starting = false;
        }
    }

    public void Dispose()
    {
        looking?.Cancel();
        looking?.Dispose();
        looking = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A re-pricing could not be previewed or started")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
