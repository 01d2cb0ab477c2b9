using System.Security.Cryptography;
using System.Text;
using AgentConsole.Platform.Redis;
using StackExchange.Redis;

namespace AgentConsole.Limits.Counters;

/// <summary>One of the scripts beside this file, behind what all begin with.</summary>
internal sealed class CounterScript
{
    public static readonly CounterScript Reserve = new("reserve"), Extend = new("extend"), Settle = new("settle"), Count = new("count"), Release = new("release"), Peek = new("peek"),
        Read = new("read"), Touch = new("touch"), Adjust = new("adjust"), Open = new("open"), Adopt = new("adopt");

    private CounterScript(string name)
    {
        Text = Resource("prelude") + Resource(name);
        Sha = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
    }

    public string Text { get; }

    public byte[] Sha { get; }

    private static string Resource(string name)
    {
        using var stream = typeof(CounterScript).Assembly.GetManifestResourceStream($"AgentConsole.src.Limits.Counters.{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>
/// Runs scripts by their hash, and by their text where Redis does not know the hash (after a restart, a fail-over, SCRIPT FLUSH): nothing is loaded ahead.
/// What takes too long, or cannot be sent, is <see cref="CountersAwayException"/>.
/// </summary>
internal sealed class CounterScripts(RedisConnection redis, TimeProvider time, CountersOptions options)
{
    private static readonly string Node = Guid.NewGuid().ToString("N")[..8];

    /// <summary>For tests: how far Redis' clock is from the one that these scripts go by.</summary>
    public TimeSpan Shift { get; set; }

    public async Task<RedisResult[]> RunAsync(CounterScript script, string tenant, List<RedisValue> arguments)
    {
        var prefix = $"lim:{{{tenant}}}:";
        RedisKey[] keys = [prefix + "kinds", prefix + "holds", prefix + "meters"];
        RedisValue[] values = [prefix, (long)Shift.TotalMilliseconds, Node, (long)options.Remember.TotalMilliseconds, .. arguments];
        return (RedisResult[])(await AskAsync(database => SendAsync(database, script, keys, values)))!;
    }

    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> command)
    {
        try
        {
            return await command(await DatabaseAsync()).WaitAsync(options.Patience, time);
        }
        // The client cancels what it cannot send any more.
        catch (Exception error) when ((error is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException) && !IsOfAScript(error))
        {
            throw new CountersAwayException(error);
        }
    }

    /// <summary>A mistake in a script is not Redis' being away: it must be seen. What Redis itself refuses, such as for want of memory, has another word than ERR.</summary>
    private static bool IsOfAScript(Exception error) => error is RedisServerException && error.Message.StartsWith("ERR ", StringComparison.Ordinal) && error.Message.Contains("user_script", StringComparison.Ordinal);

    private static async Task<RedisResult> SendAsync(IDatabase database, CounterScript script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await database.ScriptEvaluateAsync(script.Sha, keys, values);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await database.ExecuteAsync("EVAL", [script.Text, keys.Length, .. keys, .. values]);
        }
    }

    private async ValueTask<IDatabase> DatabaseAsync() => (await redis.ConnectAsync()).GetDatabase();
}
