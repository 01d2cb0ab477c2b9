namespace AgentConsole.Platform.Data.Embedded;

/// <summary>Whom the server runs as: PostgreSQL refuses to run as root, so root hands it to a user of less power.</summary>
/// <param name="Ids">"uid:gid" to switch to; null keeps the app's own user.</param>
internal sealed record ServerUser(string Name, string? Ids)
{
    public bool IsOther => Ids is not null;

    /// <param name="cluster">An existing cluster decides: its owner goes on owning it.</param>
    public static async Task<ServerUser> ChooseAsync(string cluster, CancellationToken cancellationToken)
    {
        // On Windows pg_ctl itself gives up an administrator's rights.
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new(Environment.UserName, null);
        if (!(await Command.RunAsync(["setpriv", "--version"], cancellationToken)).Ok)
            throw new EmbeddedPostgresException(
                "PostgreSQL does not run as root, and setpriv (util-linux), which would run it as another user, is missing; start as an ordinary user or set ConnectionStrings__Console.");
        return await OwnerOfAsync(cluster, cancellationToken)
            ?? await FindAsync("postgres", cancellationToken)
            ?? await FindAsync("nobody", cancellationToken)
            ?? throw new EmbeddedPostgresException(
                "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as; start as an ordinary user or set ConnectionStrings__Console.");
    }

    public Task<CommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Command.RunAsync([.. Prefix(), .. command], cancellationToken);

    public async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken) =>
        !IsOther || (await RunAsync(["test", "-x", directory], cancellationToken)).Ok;

    /// <summary>Gives the folder and all in it to this user.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (!IsOther)
            return;
        var result = await Command.RunAsync(["chown", "-R", Ids!, path], cancellationToken);
        if (!result.Ok)
            throw new EmbeddedPostgresException($"'{path}' cannot be given to the user '{Name}': {result.Output}");
    }

    private string[] Prefix()
    {
        if (Ids?.Split(':') is not [var uid, var gid])
            return [];
        return ["setpriv", $"--reuid={uid}", $"--regid={gid}", "--clear-groups", "--no-new-privs", "--"];
    }

    private static async Task<ServerUser?> OwnerOfAsync(string cluster, CancellationToken cancellationToken)
    {
        var owner = await Command.RunAsync(["stat", "-L", "-c", "%U %u:%g", cluster], cancellationToken);
        return owner.Ok && owner.Output.Split(' ') is [var name, var ids] && !ids.StartsWith("0:", StringComparison.Ordinal)
            ? new(name, ids)
            : null;
    }

    private static async Task<ServerUser?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var uid = await Command.RunAsync(["id", "-u", name], cancellationToken);
        var gid = await Command.RunAsync(["id", "-g", name], cancellationToken);
        return uid.Ok && gid.Ok ? new(name, $"{uid.Output}:{gid.Output}") : null;
    }
}
