using AgentConsole.Access.Members;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// At the start, while there is no operator: makes the configured one. Waits for the store and its tables, which may come later than this node; of two nodes that start at once one
/// makes it. A password that was made up is printed and not logged: logs are kept.
/// </summary>
internal sealed partial class MakeFirstOperator(AccessOptions options, MemberDb store, IPasswordHasher<Member> hasher, IConfiguration configuration, TimeProvider time, ILogger<MakeFirstOperator> logger) : LastingService(logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        if (options.BootstrapAdmin is not { } admin) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ExecuteAsync(admin, stoppingToken);
                return;
            }
            catch (Exception error) when (error is NpgsqlException or DbUpdateException or InvalidOperationException)
            {
                LogWaiting(Log, error.Message, RetryAfter);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ExecuteAsync(BootstrapAdmin admin, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        if (await db.Set<Membership>().AnyAsync(held => held.TenantId == Membership.Platform && held.Role == Role.Operator, cancellationToken))
        {
            if (admin.Password is null) LogThere(Log);
            return;
        }
        var (now, key) = (time.GetUtcNow(), Member.KeyOf(admin.Email));
        var password = admin.Password ?? SecretLink.New()[..20];
        var member = await db.Set<Member>().SingleOrDefaultAsync(one => one.EmailKey == key, cancellationToken);
        if (member is null) db.Add(member = new() { MemberId = Guid.CreateVersion7(now), Email = admin.Email, EmailKey = key, Name = "Administrator", CreatedAt = now });
        member.PasswordHash = hasher.HashPassword(member, password);
        var held = await db.Set<Membership>().SingleOrDefaultAsync(one => one.TenantId == Membership.Platform && one.MemberId == member.MemberId, cancellationToken);
        if (held is null) db.Add(new Membership { TenantId = Membership.Platform, MemberId = member.MemberId, Role = Role.Operator, CreatedAt = now });
        else held.Role = Role.Operator;
        await store.SaveAsync(db, new(Membership.Platform, Actor.System, "member.bootstrap", admin.Email), cancellationToken);
        if (admin.Password is null) Print($"{configuration["Urls"]?.Split(';')[0].TrimEnd('/')}{Links.SignIn}", admin.Email, password);
        else LogMade(Log);
    }

    private static void Print(string address, string email, string password) => System.Console.WriteLine($"""

          The first operator of this console, shown this once:
            sign in   {address}
            e-mail    {email}
            password  {password}

        """);

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the first operator, as configured")]
    private static partial void LogMade(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is an operator already. Whoever has lost the password: stop the app and run it once with the arguments: reset-link <e-mail>")]
    private static partial void LogThere(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The first operator cannot be made yet ({Problem}); trying again in {RetryAfter}")]
    private static partial void LogWaiting(ILogger logger, string problem, TimeSpan retryAfter);
}
