using AgentConsole.Access;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access;

public sealed class TenantTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("Acme-1.eu_west:x@y", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void Id_IsAShortSlug(string id, bool valid) => Assert.Equal(valid, Tenant.IsValidId(id));

    [Fact]
    public async Task Save_CreatesThenChanges()
    {
        var save = shared.App.Get<SaveTenant>();
        Assert.True((await save.ExecuteAsync("saved", "Saved", "Europe/Paris", CancellationToken.None)).Ok);
        Assert.True((await save.ExecuteAsync("saved", "Saved again", "Asia/Kathmandu", CancellationToken.None)).Ok);
        var tenant = await shared.App.Get<TenantQueries>().FindAsync("saved", CancellationToken.None);
        Assert.Equal(("Saved again", "Asia/Kathmandu", ConsoleApp.Now), (tenant!.Name, tenant.TimeZone, tenant.CreatedAt));
        Assert.Single(await shared.App.Get<TenantQueries>().ListAsync(CancellationToken.None), listed => listed.TenantId == "saved");
    }

    [Fact]
    public async Task Save_BadIdOrZone_IsRefused()
    {
        var save = shared.App.Get<SaveTenant>();
        Assert.IsType<InvalidTenantId>((await save.ExecuteAsync("a b", "A", "UTC", CancellationToken.None)).Error);
        Assert.IsType<UnknownTimeZone>((await save.ExecuteAsync("a", "A", "Mars/Olympus", CancellationToken.None)).Error);
        Assert.Null(await shared.App.Get<TenantQueries>().FindAsync("a", CancellationToken.None));
    }

    /// <summary>A tenant that usage made must not lose what a person then says about it.</summary>
    [Fact]
    public async Task Usage_OfAKnownTenant_LeavesItsNameAndZone()
    {
        await shared.Client.SendUsageAsync(Json.Event("a", "named"));
        await shared.App.Get<SaveTenant>().ExecuteAsync("named", "Named", "Asia/Tokyo", CancellationToken.None);
        await shared.Client.SendUsageAsync(Json.Event("b", "named"));
        Assert.Equal("Asia/Tokyo", (await shared.App.Get<TenantQueries>().FindAsync("named", CancellationToken.None))!.TimeZone);
    }
}
