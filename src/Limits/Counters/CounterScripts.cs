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
        Sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    public string Text { get; }

    public string Sha { get; }

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

    /// <param name="key">Of the script's arguments, a fourth key beside the tenant's three; null: none.</param>
    public async Task<RedisResult[]> RunAsync(CounterScript script, string tenant, List<RedisValue> arguments)
    {
        var prefix = $"lim:{{{tenant}}}:";
        var args = new List<object>(arguments.Count + 9)
        {
            script.Sha, 3, (RedisKey)(prefix + "kinds"), (RedisKey)(prefix + "holds"), (RedisKey)(prefix + "meters"),
            (RedisValue)prefix, (RedisValue)(long)Shift.TotalMilliseconds, (RedisValue)Node, (RedisValue)(long)options.Remember.TotalMilliseconds,
        };
        foreach (var argument in arguments) args.Add(argument);
        return (RedisResult[])await SendAsync(script, args);
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

    private Task<RedisResult> SendAsync(CounterScript script, List<object> args) => AskAsync(async database =>
    {
        try
        {
            return await database.ExecuteAsync("EVALSHA", args);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            args[0] = script.Text;
            return await database.ExecuteAsync("EVAL", args);
        }
    });

    private async ValueTask<IDatabase> DatabaseAsync() => (await redis.ConnectAsync()).GetDatabase();
}
