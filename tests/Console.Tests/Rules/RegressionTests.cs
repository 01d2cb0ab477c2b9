using System.Reflection;

namespace AgentConsole.Tests.Rules;

/// <summary>The classes of attack that consoles like this one have fallen to: each keeps a test that carries its name.</summary>
public sealed class RegressionTests
{
    public static TheoryData<string> Classes =>
    [
        "SqlTextInAKey", "OddHostHeader", "OneSecretForTwoPurposes", "UnguardedAdminEndpoint", "AuthCacheCollision", "FallThroughWhenOneSchemeFails", "TemplateInjection",
        "SsrfByCustomHost", "SsrfByRedirect", "SsrfByDnsRebinding", "SsrfByIPv6",
        "ObjectLevelAuthorizationOnKeys", "ObjectLevelAuthorizationOnMembers", "ObjectLevelAuthorizationOn.*Limits", "ObjectLevelAuthorizationOn.*Exports", "ObjectLevelAuthorizationOnRequests",
        "NullTenantIsNotEveryone", "CidrParsing", "DeleteByNameRaces", "IdentityHeadersFromOutside", "CsvFormulaInjection", "CircuitFlood", "OversizedSignalRMessage", "JobTriggerWithoutPolicy",
        "OpenRedirectAfterSignIn", "UserEnumeration", "SessionFixation",
    ];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Regression_EveryClass_HasATestOfItsName(string named) => Assert.Contains(
        typeof(RegressionTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods()).Where(static method => method.GetCustomAttributes<FactAttribute>().Any()),
        method => System.Text.RegularExpressions.Regex.IsMatch(method.Name.Replace("_", "", StringComparison.Ordinal), $"^{named}"));
}
