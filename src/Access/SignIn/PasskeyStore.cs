using AgentConsole.Access.Members;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// What Identity's passkey handler reads: members and their passkeys. It writes nothing here: a write of ours carries its audit row, so the commands of this folder do it.
/// </summary>
internal sealed class PasskeyStore(MemberDb store) : IUserPasskeyStore<Member>
{
    public Task<string> GetUserIdAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.MemberId.ToString());

    public Task<string?> GetUserNameAsync(Member user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(Member user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.EmailKey);

    public async Task<Member?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(userId, out var id)) return null;
        await using var db = store.Open();
        return await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(member => member.MemberId == id, cancellationToken);
    }

    public async Task<Member?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        return await db.Set<Member>().AsNoTracking().SingleOrDefaultAsync(member => member.EmailKey == normalizedUserName, cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Member user, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var passkeys = await db.Set<MemberPasskey>().AsNoTracking().Where(passkey => passkey.MemberId == user.MemberId).OrderBy(passkey => passkey.CreatedAt).ToListAsync(cancellationToken);
        return [.. passkeys.Select(static passkey => passkey.ToInfo())];
    }

    public async Task<Member?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        return await (from passkey in db.Set<MemberPasskey>()
                      join member in db.Set<Member>() on passkey.MemberId equals member.MemberId
                      where passkey.CredentialId == credentialId
                      select member).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Member user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var db = store.Open();
        var passkey = await db.Set<MemberPasskey>().AsNoTracking().SingleOrDefaultAsync(one => one.CredentialId == credentialId && one.MemberId == user.MemberId, cancellationToken);
        return passkey?.ToInfo();
    }

    public Task AddOrUpdatePasskeyAsync(Member user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw ReadOnly();

    public Task RemovePasskeyAsync(Member user, byte[] credentialId, CancellationToken cancellationToken) => throw ReadOnly();

    public Task SetUserNameAsync(Member user, string? userName, CancellationToken cancellationToken) => throw ReadOnly();

    public Task SetNormalizedUserNameAsync(Member user, string? normalizedName, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> CreateAsync(Member user, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> UpdateAsync(Member user, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> DeleteAsync(Member user, CancellationToken cancellationToken) => throw ReadOnly();

    public void Dispose()
    {
    }

    private static NotSupportedException ReadOnly() => new("Members are changed by the commands of Access.");
}
