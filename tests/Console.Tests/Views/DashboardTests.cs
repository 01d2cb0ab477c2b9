using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Views;

namespace AgentConsole.Tests.Views;

public sealed class DashboardTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly PinnedTile Cost = new("Cost", "/usage?measure=cost", TileWidth.Half);

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private Caller Admin => Caller.Member("member:admin@example.test", [(Role.TenantAdmin, _tenant)]);

    private Caller Viewer => Caller.Member("member:viewer@example.test", [(Role.TenantViewer, _tenant)]);

    private SaveDashboard Save => shared.App.Get<SaveDashboard>();

    private DashboardQueries Queries => shared.App.Get<DashboardQueries>();

    [Fact]
    public async Task Own_IsSeenByNobodyElse()
    {
        var id = await CreateAsync(Viewer, new("Mine", false, [Cost]));

        Assert.Equal(Cost, Assert.Single((await Queries.FindAsync(Viewer, id, CancellationToken.None))!.Tiles));
        Assert.Null(await Queries.FindAsync(Admin, id, CancellationToken.None));
        Assert.Empty(await Queries.ListAsync(Caller.Member("member:viewer@example.test", [(Role.TenantViewer, $"{_tenant}-other")]), null, CancellationToken.None));
    }

    [Fact]
    public async Task Shared_IsSeenByEveryoneOfTheTenant_KeptByWhoManagesIt_AndAudited()
    {
        Assert.IsType<NotAllowed>((await Save.CreateAsync(_tenant, new("Ours", true, []), Viewer, CancellationToken.None)).Error);
        var id = await CreateAsync(Admin, new("Ours", true, [Cost]));
        var seen = Assert.Single(await Queries.ListAsync(Viewer, _tenant, CancellationToken.None));

        Assert.True(seen is { IsShared: true, Version: 1 } && seen.Tenant == _tenant);
        Assert.IsType<NotAllowed>((await Save.ChangeAsync(seen, new("Theirs", true, []), Viewer, CancellationToken.None)).Error);
        Assert.True((await Save.ChangeAsync(seen, new("Ours too", true, [Cost, Cost]), Admin, CancellationToken.None)).Ok);
        Assert.IsType<NotAllowed>((await shared.App.Get<DeleteDashboard>().ExecuteAsync(seen, Viewer, CancellationToken.None)).Error);
        Assert.True((await shared.App.Get<DeleteDashboard>().ExecuteAsync(seen, Admin, CancellationToken.None)).Ok);
        Assert.IsType<UnknownDashboard>((await shared.App.Get<DeleteDashboard>().ExecuteAsync(seen, Admin, CancellationToken.None)).Error);
        Assert.Null(await Queries.FindAsync(Admin, id, CancellationToken.None));
        Assert.Equal(3, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action LIKE 'dashboards.%' AND subject LIKE 'Ours%'"));
    }

    [Fact]
    public async Task Change_OfOneThatSomebodyChangedMeanwhile_IsRefused()
    {
        var id = await CreateAsync(Admin, new("Ours", true, [Cost]));
        var (first, second) = (await Queries.FindAsync(Admin, id, CancellationToken.None), await Queries.FindAsync(Admin, id, CancellationToken.None));
        Assert.True((await Save.ChangeAsync(first!, new("Ours", true, []), Admin, CancellationToken.None)).Ok);

        Assert.IsType<DashboardHasChanged>((await Save.ChangeAsync(second!, new("Ours", true, [Cost, Cost]), Admin, CancellationToken.None)).Error);
        Assert.Empty((await Queries.FindAsync(Admin, id, CancellationToken.None))!.Tiles);
    }

    [Fact]
    public async Task Name_ThatIsTaken_IsRefusedByItsWords()
    {
        await CreateAsync(Viewer, new("Mine", false, []));

        var again = await Save.CreateAsync(_tenant, new(" Mine ", false, []), Viewer, CancellationToken.None);

        Assert.Contains("called \"Mine\"", Assert.IsType<InvalidDashboard>(again.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_ThatIsNoDashboard_IsRefused()
    {
        foreach (var draft in new DashboardDraft[]
        {
            new("", false, []), new(new('x', 81), false, []), new("x\0", false, []), new("x", false, [Cost with { Title = " " }]), new("x", false, [Cost with { Link = "https://elsewhere.example" }]),
            new("x", false, [Cost with { Link = "//elsewhere.example" }]), new("x", false, [.. Enumerable.Repeat(Cost, SaveDashboard.MaxTiles + 1)]),
        })
            Assert.IsType<InvalidDashboard>((await Save.CreateAsync(_tenant, draft, Viewer, CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Dashboards_BeyondTheMost_AreRefused()
    {
        for (var index = 0; index < SaveDashboard.MaxDashboards; index++) await CreateAsync(Viewer, new($"d-{index}", false, []));

        Assert.IsType<InvalidDashboard>((await Save.CreateAsync(_tenant, new("one more", false, []), Viewer, CancellationToken.None)).Error);
        await CreateAsync(Admin, new("another's", false, []));
    }

    [Fact]
    public async Task Staff_KeepTheirOwnInNoTenant_AndNotWhileTheyLookAsOne()
    {
        var support = Caller.Member($"member:{_tenant}@example.test", [(Role.Support, null)]);
        await CreateAsync(support, new("All", false, []));

        Assert.Null(Assert.Single(await Queries.ListAsync(support, _tenant, CancellationToken.None)).Tenant);
        Assert.IsType<NotAllowed>((await Save.CreateAsync(_tenant, new("x", false, []), support.ViewingAs(_tenant), CancellationToken.None)).Error);
        Assert.IsType<NotAllowed>((await Save.CreateAsync(null, new("x", false, []), Caller.Nobody, CancellationToken.None)).Error);
    }

    private async Task<Guid> CreateAsync(Caller caller, DashboardDraft draft)
    {
        var made = await Save.CreateAsync(_tenant, draft, caller, CancellationToken.None);
        Assert.True(made.Ok, made.Error?.Message);
        return made.Value;
    }
}
