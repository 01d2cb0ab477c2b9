using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Views;

namespace AgentConsole.Tests.Views;

public sealed class SavedViewTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private Caller Admin => Caller.Member("member:admin@example.test", [(Role.TenantAdmin, _tenant)]);

    private Caller Viewer => Caller.Member("member:viewer@example.test", [(Role.TenantViewer, _tenant)]);

    [Fact]
    public async Task Own_IsSeenByNobodyElse()
    {
        await SaveAsync(Viewer, new("By key", "/usage?groupBy=key", false, false));

        Assert.Equal(["By key"], await NamesAsync(Viewer));
        Assert.Empty(await NamesAsync(Admin));
        Assert.Empty(await NamesAsync(Caller.Member("member:viewer@example.test", [(Role.TenantViewer, $"{_tenant}-other")])));
    }

    [Fact]
    public async Task Shared_IsSeenByEveryoneOfTheTenantAndKeptByWhoManagesIt()
    {
        Assert.IsType<NotAllowed>((await Save.ExecuteAsync(_tenant, new("Ours", "/usage", true, false), Viewer, CancellationToken.None)).Error);
        await SaveAsync(Admin, new("Ours", "/usage?measure=tokens", true, false));

        var seen = Assert.Single(await Queries.ListAsync(Viewer, _tenant, "/usage", CancellationToken.None));
        Assert.Equal((true, "/usage?measure=tokens"), (seen.IsShared, seen.Link));
        Assert.Empty(await Queries.ListAsync(Viewer, _tenant, "/requests", CancellationToken.None));
        Assert.IsType<NotAllowed>((await Delete.ExecuteAsync(seen, Viewer, CancellationToken.None)).Error);
        Assert.True((await Delete.ExecuteAsync(seen, Admin, CancellationToken.None)).Ok);
        Assert.IsType<UnknownView>((await Delete.ExecuteAsync(seen, Admin, CancellationToken.None)).Error);
        Assert.Equal(2, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND subject = 'Ours'"));
    }

    [Fact]
    public async Task Name_SavedAgain_IsTheSameView()
    {
        await SaveAsync(Viewer, new("Mine", "/usage?measure=tokens", false, false));
        await SaveAsync(Viewer, new(" Mine ", "/usage?measure=cost", false, false));

        Assert.Equal("/usage?measure=cost", Assert.Single(await Queries.ListAsync(Viewer, _tenant, "/usage", CancellationToken.None)).Link);
    }

    [Fact]
    public async Task Default_IsOneAtMost()
    {
        await SaveAsync(Viewer, new("a", "/usage?measure=tokens", false, true));
        await SaveAsync(Viewer, new("b", "/usage?measure=cost", false, true));

        Assert.Equal([false, true], (await Queries.ListAsync(Viewer, _tenant, "/usage", CancellationToken.None)).Select(static view => view.IsDefault));
    }

    [Theory]
    [InlineData("", "/usage")]
    [InlineData("x", "https://elsewhere.example")]
    [InlineData("x", "//elsewhere.example")]
    [InlineData("x\0", "/usage")]
    public async Task Draft_ThatIsNoView_IsRefused(string name, string link) =>
        Assert.IsType<InvalidView>((await Save.ExecuteAsync(_tenant, new(name, link, false, false), Viewer, CancellationToken.None)).Error);

    [Fact]
    public async Task Staff_KeepTheirOwnInNoTenant_AndNotWhileTheyLookAsOne()
    {
        var support = Caller.Member($"member:{_tenant}@example.test", [(Role.Support, null)]);
        await SaveAsync(support, new("All", "/usage?groupBy=tenant", false, false));

        Assert.Null(Assert.Single(await Queries.ListAsync(support, null, "/usage", CancellationToken.None)).Tenant);
        Assert.IsType<NotAllowed>((await Save.ExecuteAsync(_tenant, new("x", "/usage", false, false), support.ViewingAs(_tenant), CancellationToken.None)).Error);
        Assert.IsType<NotAllowed>((await Save.ExecuteAsync(null, new("x", "/usage", false, false), Caller.Nobody, CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Views_BeyondTheMost_AreRefused()
    {
        for (var index = 0; index < SaveView.MaxViews; index++) await SaveAsync(Viewer, new($"v-{index}", "/usage", false, false));

        Assert.IsType<InvalidView>((await Save.ExecuteAsync(_tenant, new("one more", "/usage", false, false), Viewer, CancellationToken.None)).Error);
        await SaveAsync(Viewer, new("v-7", "/usage?measure=tokens", false, false));
    }

    private SaveView Save => shared.App.Get<SaveView>();

    private DeleteView Delete => shared.App.Get<DeleteView>();

    private ViewQueries Queries => shared.App.Get<ViewQueries>();

    private async Task SaveAsync(Caller caller, ViewDraft draft)
    {
        var saved = await Save.ExecuteAsync(_tenant, draft, caller, CancellationToken.None);
        Assert.True(saved.Ok, saved.Error?.Message);
    }

    private async Task<IEnumerable<string>> NamesAsync(Caller caller) => (await Queries.ListAsync(caller, _tenant, "/usage", CancellationToken.None)).Select(static view => view.Name);
}
