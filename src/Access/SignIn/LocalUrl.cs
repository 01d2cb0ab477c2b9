namespace AgentConsole.Access.SignIn;

/// <summary>Where to go after signing in: a path of this console, whatever the link says.</summary>
internal static class LocalUrl
{
    /// <summary>The address when it is a local path, else the overview. Browsers read <c>//host</c>, <c>/\host</c> and a tab or line break before them as another host.</summary>
    public static string Of(string? url) => url is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !rest.Any(char.IsControl) ? url : "/";
}
