using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AgentConsole.Shell;

/// <summary>Keeps a page's unexpected failure inside the page, and gives it a trace id that is in the log.</summary>
public sealed partial class PageBoundary : ErrorBoundary
{
    [Inject] private ILogger<PageBoundary> Log { get; set; } = null!;

    public string? TraceId { get; private set; }

    protected override Task OnErrorAsync(Exception exception)
    {
        TraceId = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
        LogBroken(Log, exception, TraceId);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page broke, trace {TraceId}")]
    private static partial void LogBroken(ILogger logger, Exception exception, string traceId);
}
