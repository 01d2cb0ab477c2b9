using Microsoft.AspNetCore.Authorization;

namespace AgentConsole.Access;

/// <summary>What a page is for: nobody without the permission is served it, and nobody without it is shown it in a circuit.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Permission permission) : Attribute, IAuthorizeData
{
    public Permission Permission => permission;

    public string? Policy { get => permission.Policy(); set => throw new NotSupportedException(); }

    public string? Roles { get; set; }

    public string? AuthenticationSchemes { get; set; }
}
