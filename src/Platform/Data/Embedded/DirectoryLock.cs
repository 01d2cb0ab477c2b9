namespace AgentConsole.Platform.Data.Embedded;

/// <summary>One owner per data directory. The kernel holds the lock for the process and drops it however the process ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    // The error of a file held by someone else: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.
    private static readonly int[] HeldElsewhere = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    public bool IsHeld => !_file.SafeFileHandle.IsClosed;

    public static DirectoryLock Take(string root)
    {
        try
        {
            // The file stays when the lock goes: deleting it would let two owners lock two files of one name.
            return new(new FileStream(Path.Combine(root, "postgres.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (HeldElsewhere.Contains(e.HResult))
        {
            throw new DataDirectoryInUseException(root, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedPostgresException($"The data directory '{root}' belongs to another user; start as that user or set Data__Directory.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
