using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class FrameTests
{
    private static readonly TenantChoice[] Tenants = [new("acme", "Acme", "Asia/Kathmandu")];

    [Theory]
    [InlineData("/?tenant=acme&tz=Europe/Berlin", "Europe/Berlin")]
    [InlineData("/?tenant=acme", "Asia/Kathmandu")]
    [InlineData("/?tenant=acme&tz=Nowhere/Land", "Asia/Kathmandu")]
    [InlineData("/?tenant=stranger", "UTC")]
    [InlineData("/", "UTC")]
    public void Read_Zone_IsTheUrlsElseTheTenantsElseUtc(string url, string zone) => Assert.Equal(zone, AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), Tenants, Reach.Platform).Zone.Id);

    [Theory]
    [InlineData("/", null, "[acme globex]")]
    [InlineData("/?tenant=acme", "acme", "[acme]")]
    [InlineData("/?tenant=acme&tenant=globex", null, "[acme globex]")]
    [InlineData("/?tenant=acme&tenant=initech", null, "[]")]
    [InlineData("/?tenant=initech", "initech", "[]")]
    public void Read_Reach_IsWhatOfTheVisitorsTheUrlIsAbout(string url, string? tenant, string reach)
    {
        var frame = AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), Tenants, Reach.Of("acme", "globex"));
        Assert.Equal((tenant, reach), (frame.Tenant, frame.Reach.ToString()));
    }

    [Fact]
    public void Read_OneTenantInReach_IsChosen() => Assert.Equal(("acme", "Asia/Kathmandu"), AgentConsole.Shell.Frame.Read(PageUrl.Parse("/"), Tenants, Reach.Of("acme")) is var frame ? (frame.Tenant, frame.Zone.Id) : default);

    [Fact]
    public void Read_EmptyTenant_IsAll() => Assert.Null(AgentConsole.Shell.Frame.Read(PageUrl.Parse("/?tenant="), Tenants, Reach.Platform).Tenant);
}
