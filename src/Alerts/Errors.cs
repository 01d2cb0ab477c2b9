using System.Globalization;
using AgentConsole.Platform;

namespace AgentConsole.Alerts;

public sealed record UnknownAlert(Guid Id) : Error("not_found", $"There is no alert {Id}.");

public sealed record AlertIsClosed(DateTimeOffset At) : Error("alert_closed", string.Create(CultureInfo.InvariantCulture, $"It is well again: the alert closed at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));
