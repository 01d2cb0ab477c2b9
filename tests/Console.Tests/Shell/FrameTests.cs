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
    public void Read_Zone_IsTheUrlsElseTheTenantsElseUtc(string url, string zone) => Assert.Equal(zone, AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), Tenants).Zone.Id);

    [Fact]
    public void Read_EmptyTenant_IsAll() => Assert.Null(AgentConsole.Shell.Frame.Read(PageUrl.Parse("/?tenant="), Tenants).Tenant);
}
