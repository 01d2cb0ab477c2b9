using System.Net;
using System.Text.RegularExpressions;

namespace AgentConsole.Bench.Load.Circuits;

/// <summary>Signs in by the form, as a browser does, and has the cookies from then on.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;

    private Visitor(Uri address)
    {
        Address = address;
        _http = new(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = address };
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    public Uri Address { get; }

    public CookieContainer Cookies { get; } = new();

    public static async Task<Visitor> SignInAsync(Uri address, string email, string password, CancellationToken cancellationToken)
    {
        var visitor = new Visitor(address);
        var form = SignInForm().Match(await visitor.PageAsync("/sign-in", cancellationToken)).Value;
        var fields = HiddenField().Matches(form).Select(static hidden => KeyValuePair.Create(hidden.Groups["name"].Value, WebUtility.HtmlDecode(hidden.Groups["value"].Value)));
        using var content = new FormUrlEncodedContent([.. fields, new("Email", email), new("Password", password)]);
        using var answer = await visitor._http.PostAsync("/sign-in", content, cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.Found or HttpStatusCode.SeeOther)) throw new InvalidOperationException($"The sign-in was answered by {answer.StatusCode}.");
        return visitor;
    }

    public Task<string> PageAsync(string path, CancellationToken cancellationToken) => _http.GetStringAsync(path, cancellationToken);

    /// <summary>Announces a connection; answers the token by which the socket is taken for it.</summary>
    public async Task<string> NegotiateAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return Token().Match(await answer.Content.ReadAsStringAsync(cancellationToken)).Groups["token"].Value;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<form(?:(?!</form>).)*value=\"sign-in\"(?:(?!</form>).)*</form>", RegexOptions.Singleline)]
    private static partial Regex SignInForm();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("\"connectionToken\":\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
