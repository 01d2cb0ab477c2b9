using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>Verifies the chains that the page is about, and says so.</summary>
public sealed partial class AuditVerify : IDisposable
{
    private const int MostHeads = 200;

    private readonly CancellationTokenSource _gone = new();
    private bool _running;
    private string? _problem;
    private AuditProgress? _progress;
    private AuditVerdict? _verdict;
    private string? _of;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private VerifyAudit Verify { get; set; } = null!;

    /// <summary>Null: every log that the visitor may read.</summary>
    [Parameter, EditorRequired] public required string? Tenant { get; set; }

    private IReadOnlyList<AuditChainVerdict> Broken => _verdict is null ? [] : [.. _verdict.Chains.Where(static chain => chain.Breaks.Count > 0)];

    protected override void OnParametersSet()
    {
        if (_of != Tenant) _verdict = null;
        _of = Tenant;
    }

    private async Task VerifyAsync()
    {
        (_running, _problem, _verdict, _progress) = (true, null, null, null);
        try
        {
            var tenant = Tenant;
            var verdict = await Verify.ExecuteAsync(tenant, await Caller.ReadAsync(), new Progress<AuditProgress>(Show), _gone.Token);
            if (tenant == Tenant) (_verdict, _problem) = (verdict.Value, verdict.Error?.Message);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
        finally
        {
            _running = false;
        }
    }

    private void Show(AuditProgress progress)
    {
        _progress = progress;
        StateHasChanged();
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
