using Microsoft.AspNetCore.Components.Server.Circuits;

namespace AgentConsole.Shell;

/// <summary>Notes which circuit a document has opened: what breaks a circuit is logged under the circuit's id, and the visitor sees the document's trace.</summary>
internal sealed partial class CircuitName(ILogger<CircuitName> logger) : CircuitHandler
{
    private string? _circuit;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _circuit = circuit.Id;
        return Task.CompletedTask;
    }

    public void Opened(string? trace)
    {
        if (_circuit is not null && trace is not null) LogOpened(logger, _circuit, trace);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Circuit {CircuitId} was opened by trace {TraceId}")]
    private static partial void LogOpened(ILogger logger, string circuitId, string traceId);
}
