namespace AgentConsole.Platform.Data.Embedded;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Creating a PostgreSQL cluster in {Path}, run by {User}")]
    public static partial void CreatingCluster(this ILogger logger, string path, string user);

    [LoggerMessage(LogLevel.Warning, "User {User} cannot enter {Directory}, so the database lives in {Path}")]
    public static partial void PlacedElsewhere(this ILogger logger, string user, string directory, string path);

    [LoggerMessage(LogLevel.Information, "PostgreSQL of {Path} listens on 127.0.0.1:{Port}, run by {User}")]
    public static partial void Started(this ILogger logger, string path, int port, string user);

    [LoggerMessage(LogLevel.Warning, "PostgreSQL process {Pid} of {Path} outlived its owner; stopping it before starting anew")]
    public static partial void TakingOver(this ILogger logger, int pid, string path);

    [LoggerMessage(LogLevel.Error, "PostgreSQL of {Path} died; starting it again")]
    public static partial void Died(this ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "PostgreSQL of {Path} could not be started again; next try in {Seconds} s")]
    public static partial void RestartFailed(this ILogger logger, string path, double seconds, Exception exception);

    [LoggerMessage(LogLevel.Warning, "PostgreSQL of {Path} did not stop in time and is cut off; it will recover on the next start: {Output}")]
    public static partial void StopWasSlow(this ILogger logger, string path, string output);

    [LoggerMessage(LogLevel.Warning, "The log {Path} is over its size and could not be cut")]
    public static partial void LogNotTrimmed(this ILogger logger, string path, Exception exception);
}
