using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.AspNetCore.Http;

namespace AgentConsole.Tests.Access;

public sealed class CallerTests
{
    [Fact]
    public void ReachOf_IsWhereThePermissionIs_NotWhereAnyOtherIs()
    {
        var caller = Of("m", ("console-role", "TenantAdmin:acme"), ("console-role", "TenantViewer:globex"));
        Assert.Equal(Reach.Of("acme", "globex"), caller.ReachOf(Permission.ReadUsage));
        Assert.Equal(Reach.Of("acme"), caller.ReachOf(Permission.ManageKeys));
        Assert.Equal(Reach.None, caller.ReachOf(Permission.ManagePrices));
        Assert.Equal((true, false), (caller.Can(Permission.ManageKeys, "acme"), caller.Can(Permission.ManageKeys, "globex")));
    }

    [Fact]
    public void ReachOf_AStaffRole_IsThePlatformOnlyForWhatItMay()
    {
        var caller = Of("s", ("console-role", "Support:*"), ("console-role", "TenantAdmin:acme"));
        Assert.Equal(Reach.Platform, caller.ReachOf(Permission.ReadUsage));
        Assert.Equal(Reach.Of("acme"), caller.ReachOf(Permission.ManageTenant));
        Assert.False(caller.CanOnPlatform(Permission.ManageTenant));
    }

    /// <summary>Null tenant is not everyone: no claim, an empty one, or one that does not fit its role gives nothing.</summary>
    [Theory]
    [InlineData("scope", "admin")]
    [InlineData("console-role", "Operator:acme")]
    [InlineData("console-role", "Operator:")]
    [InlineData("console-role", "Operator")]
    [InlineData("console-role", "TenantAdmin:*")]
    [InlineData("console-role", "4:*")]
    [InlineData("console-role", "operator:*")]
    [InlineData("role", "Operator:*")]
    public void Of_ClaimsThatNobodyIsGiven_MayNothing(string type, string value)
    {
        var caller = Of("x", (type, value));
        Assert.All(Enum.GetValues<Permission>(), permission => Assert.Equal(Reach.None, caller.ReachOf(permission)));
    }

    [Fact]
    public void Of_AKeysClaims_IsTheKey()
    {
        var platform = Caller.Of(new ClaimsPrincipal(new ClaimsIdentity(Caller.KeyAsClaims("key:p", null, [Scopes.Read]), "test")));
        Assert.Equal((Reach.Platform, Reach.None), (platform.ReachOf(Permission.ReadUsage), platform.ReachOf(Permission.IngestUsage)));
        var tenants = Caller.Of(new ClaimsPrincipal(new ClaimsIdentity(Caller.KeyAsClaims("key:t", "acme", Scopes.All), "test")));
        Assert.Equal((Reach.Of("acme"), Reach.None), (tenants.ReachOf(Permission.IngestUsage), tenants.ReachOf(Permission.ManagePrices)));
        var empty = Caller.Of(new ClaimsPrincipal(new ClaimsIdentity(Caller.KeyAsClaims("key:e", "", Scopes.All), "test")));
        Assert.False(empty.Reach.IsPlatform);
    }

    /// <summary>Staff who view as one of a tenant's members may there what that one may look at, and nothing anywhere else.</summary>
    [Theory]
    [InlineData("Support:*", Role.TenantViewer)]
    [InlineData("Support:*", Role.TenantAdmin)]
    [InlineData("Operator:*", Role.TenantAdmin)]
    public void Of_AView_SeesWhatTheRoleSees_AndOnlyLooks(string own, Role role)
    {
        var caller = Of("member:s", ("console-role", own), ("console-role", "TenantAdmin:globex"), ("console-view", $"{role}:acme"));
        foreach (var permission in Enum.GetValues<Permission>().Where(static one => one != Permission.None))
        {
            var isSeen = (Permissions.Of(role) & Permissions.ReadOnly & permission) == permission;
            Assert.Equal(isSeen ? Reach.Of("acme") : Reach.None, caller.ReachOf(permission));
            Assert.False(caller.CanOnPlatform(permission));
        }
        Assert.Equal(("member:s", "acme"), (caller.Actor.Name, caller.Actor.OnBehalfOf));
        Assert.Equal("acme", Caller.Of(new DefaultHttpContext { User = Principal("member:s", ("console-role", own), ("console-view", $"{role}:acme")) }).Actor.OnBehalfOf);
    }

    /// <summary>Whoever may not view as a tenant, and whoever views as nobody that there is, is nobody: never again what the own roles are.</summary>
    [Theory]
    [InlineData("TenantAdmin:acme", "TenantAdmin:acme")]
    [InlineData("TenantAdmin:acme", "TenantAdmin:globex")]
    [InlineData("Operator:*", "Operator:*")]
    [InlineData("Operator:*", "Support:acme")]
    [InlineData("Operator:*", "TenantAdmin:*")]
    [InlineData("Operator:*", "acme")]
    [InlineData("Operator:*", "")]
    public void Of_AViewThatNobodyIsGiven_MayNothing(string role, string view)
    {
        var caller = Of("m", ("console-role", role), ("console-view", view));
        Assert.All(Enum.GetValues<Permission>(), permission => Assert.Equal(Reach.None, caller.ReachOf(permission)));
    }

    [Fact]
    public void Policy_NamesItsPermission_AndNothingElseDoes()
    {
        Assert.Equal(Permission.ManageKeys, Permissions.OfPolicy(Permission.ManageKeys.Policy()));
        foreach (var name in new[] { null, "", "pages", "can:", "can:None", "can:0", "can:1", "can:ReadUsage, ManageKeys", "can:nothing", "ManageKeys" }) Assert.Null(Permissions.OfPolicy(name));
    }

    private static Caller Of(string name, params (string Type, string Value)[] claims) =>
        Caller.Of(Principal(name, claims));

    private static ClaimsPrincipal Principal(string name, params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name), .. claims.Select(static claim => new Claim(claim.Type, claim.Value))], "test"));
}
