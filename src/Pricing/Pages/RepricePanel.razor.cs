using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Pricing.Pages;

/// <summary>What today's prices would change of the past, and the change itself. The preview looks at every request, so it is read once and not live.</summary>
public sealed partial class RepricePanel : IDisposable
{
    private const int Shown = 500;

    private CancellationTokenSource? looking;
    private RepriceScope? shown;
    private RepricePreview? preview;
    private bool reading;
    private bool failed;
    private bool asking;
    private bool starting;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required RepriceScope Scope { get; set; }
    /// <summary>Look at once, as a link asks for.</summary>
    [Parameter] public bool Preview { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<RepriceProgress> Runs { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Inject] private RepriceUsage Reprice { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (shown == Scope) return;
        (shown, preview, asking, failed) = (Scope, null, false, false);
        looking?.Cancel();
        if (Preview) await PreviewAsync();
    }

    private async Task PreviewAsync()
    {
        looking?.Cancel();
        looking?.Dispose();
        var mine = looking = new CancellationTokenSource();
        (reading, failed, preview, asking) = (true, false, null, false);
        try
        {
            var read = await Reprice.PreviewAsync(Scope, mine.Token);
            if (!mine.IsCancellationRequested) preview = read;
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
        }
        catch (Npgsql.NpgsqlException)
        {
            failed = true;
        }
        finally
        {
            if (ReferenceEquals(mine, looking)) reading = false;
        }
    }

    private async Task ApplyAsync()
    {
        if (starting || preview is null) return;
        starting = true;
        try
        {
            await Reprice.StartAsync(Scope, preview.Requests, Actor.Page, CancellationToken.None);
            (preview, asking) = (null, false);
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
}
