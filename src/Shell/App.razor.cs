using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace AgentConsole.Shell;

/// <summary>The document. Theme, rail and density come from cookies, so the first paint is right.</summary>
public partial class App
{
    /// <summary>Without prerendering: the URL and the database are the page's state, and one render of it is enough.</summary>
    private static readonly IComponentRenderMode Interactive = new InteractiveServerRenderMode(prerender: false);

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    /// <summary>Null for pages marked as static, such as sign-in and errors.</summary>
    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? Interactive : null;

    /// <summary>The trace of the document, under which the log names its circuit.</summary>
    private string Document => Problems.TraceId(Context);

    /// <summary>Absent: as the system has it.</summary>
    private string? Theme => Context.Request.Cookies["theme"] is "light" or "dark" ? Context.Request.Cookies["theme"] : null;

    /// <summary>Absent: compact.</summary>
    private string? Density => Context.Request.Cookies["density"] == "comfortable" ? "comfortable" : null;

    private string? Rail => Context.Request.Cookies["rail"] == "mini" ? "mini" : null;
}
