using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace AgentConsole.Tests.Testing;

/// <summary>A browser without a screen and without script: keeps cookies, sends forms as they are on the page, follows no redirect.</summary>
internal sealed class PageClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="cookie">A header to begin with, such as <c>name=value</c>.</param>
    public PageClient(ConsoleApp app, string? cookie = null) : this(app.Address, cookie)
    {
    }

    public PageClient(Uri address, string? cookie = null)
    {
        _http = new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address };
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        if (cookie is not null) Cookies.SetCookies(address, cookie);
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Http => _http;

    /// <summary>The value of a cookie; null when there is none.</summary>
    public string? Cookie(string name) => Cookies.GetCookies(_http.BaseAddress!)[name]?.Value is { Length: > 0 } value ? value : null;

    public async Task<Answered> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        return await Answered.OfAsync(response);
    }

    /// <summary>Opens the page and sends its form of that name, with what it hides and these fields.</summary>
    public async Task<Answered> SubmitAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        var page = await GetAsync(path);
        Assert.True(page.Status == HttpStatusCode.OK, $"{path}: {page.Status} {page.Location}");
        var found = page.Document.QuerySelectorAll("form").SingleOrDefault(one => one.QuerySelector("input[name=_handler]")?.GetAttribute("value") == form);
        Assert.True(found is not null, $"{path} has no form {form}: {page.Text}");
        var hidden = found.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Where(input => input.Name is not null && fields.All(field => field.Name != input.Name));
        using var content = new FormUrlEncodedContent([.. hidden.Select(input => new KeyValuePair<string, string>(input.Name!, input.Value)), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]);
        using var response = await _http.PostAsync(path, content);
        return await Answered.OfAsync(response);
    }

    public void Dispose() => _http.Dispose();
}

/// <param name="Location">Path and query, when it is on this host.</param>
internal sealed record Answered(HttpStatusCode Status, string? Location, string Text, IDocument Document, string SetCookies)
{
    public string? Alert => Document.QuerySelector("[role=alert]:not([hidden])")?.TextContent.Trim();

    public static async Task<Answered> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var values) ? string.Join('\n', values) : "";
        var location = response.Headers.Location is { IsAbsoluteUri: true } absolute && absolute.Authority == response.RequestMessage!.RequestUri!.Authority ? absolute.PathAndQuery : response.Headers.Location?.ToString();
        return new(response.StatusCode, location, text, new HtmlParser().ParseDocument(text), cookies);
    }
}
