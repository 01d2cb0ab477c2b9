using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Limits.Pages;

/// <param name="Standings">Null until a tenant is named, or when it is not for the visitor.</param>
/// <param name="Refusals">The last of the named user, key or model.</param>
/// <param name="Known">Names to choose from.</param>
public sealed record EffectiveView(LimitStandings? Standings, IReadOnlyList<RefusalRow> Refusals, IReadOnlyList<TenantChoice> Places, IReadOnlyDictionary<LimitDimension, IReadOnlyList<string>> Known, bool MayManage);

/// <summary>Every limit that is about a request: what is used and held, what is left, when it resets, and which one binds.</summary>
public sealed partial class EffectivePage
{
    private const int RefusalsShown = 5;
    private const int NamesOffered = 200;

    private static readonly LimitDimension[] Asked = [LimitDimension.User, LimitDimension.Key, LimitDimension.Model, LimitDimension.Team, LimitDimension.Provider, LimitDimension.Session];
    private static readonly LimitDimension[] Listed = [LimitDimension.User, LimitDimension.Key, LimitDimension.Model, LimitDimension.Provider];

    private readonly Dictionary<LimitDimension, string> _names = [];
    private string _tenant = "";
    private PageUrl? _read;
    private (string Tenant, IReadOnlyDictionary<LimitDimension, IReadOnlyList<string>> Names)? _known;

    [Inject] private Limiter Limiter { get; set; } = null!;
    [Inject] private RefusalQueries Refusals { get; set; } = null!;
    [Inject] private UsageQueries Usage { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;
    [Inject] private CurrentCaller Caller { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => [Topics.Limits, Topics.Refusals, .. Topics.Usage(Frame.Reach)];

    protected override bool Owns(PageUrl url) => url.Path == Links.EffectiveLimits;

    protected override void OnParametersSet()
    {
        if (_read == Url) return;
        (_read, _tenant) = (Url, Frame.Tenant ?? "");
        _names.Clear();
        foreach (var dimension in Asked)
            if (Url.Text(dimension.Name()) is { } name) _names[dimension] = name;
    }

    protected override async Task<EffectiveView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach, caller) = (Url, Frame.Reach, await Caller.ReadAsync());
        var places = await Choices.ListAsync(caller.ReachOf(Permission.ReadLimits), cancellationToken);
        if (Frame.Tenant is not { } tenant || !reach.Includes(tenant)) return new(null, [], places, new Dictionary<LimitDimension, IReadOnlyList<string>>(), false);
        string? Named(string name) => url.Text(name) is { Length: <= LimitDraft.MaxNameLength } text && !text.Any(char.IsControl) ? text : null;
        var subject = new LimitSubject(tenant, Named("team"), Named("user"), Named("key"), Named("model"), Named("provider") is { } provider ? Pricing.Providers.Canonical(provider) : null, Named("session"));
        var standings = await Limiter.ReadAsync(subject, cancellationToken);
        var refusals = subject is { User: null, Key: null, Model: null } ? [] : await Refusals.ListAsync(reach.Within(tenant), new(null, subject.User, subject.Key, subject.Model, null, RefusalsShown), cancellationToken);
        return new(standings, refusals, places, await KnownAsync(tenant, reach.Within(tenant), cancellationToken), caller.Can(Permission.ManageLimits, tenant));
    }

    /// <summary>Once per tenant: the page follows its usage, and names to choose from need not.</summary>
    private async Task<IReadOnlyDictionary<LimitDimension, IReadOnlyList<string>>> KnownAsync(string tenant, Reach reach, CancellationToken cancellationToken)
    {
        if (_known is { } there && there.Tenant == tenant) return there.Names;
        var known = new Dictionary<LimitDimension, IReadOnlyList<string>>();
        foreach (var dimension in Listed) known[dimension] = await Usage.ListValuesAsync(reach, dimension.InLedger(), NamesOffered, cancellationToken);
        _known = (tenant, known);
        return known;
    }

    private void Name(LimitDimension dimension, object? value) => _names[dimension] = (value as string ?? "").Trim();

    private void Ask()
    {
        var url = Url.Without([.. Asked.Select(static dimension => dimension.Name()), "tenant"]);
        if (_tenant.Length > 0) url = url.With("tenant", _tenant);
        foreach (var dimension in Asked)
            if (_names.GetValueOrDefault(dimension) is { Length: > 0 } name) url = url.With(dimension.Name(), name);
        Navigation.NavigateTo(url.ToString());
    }

    private PageUrl ToNew(LimitSubject subject) => Carry(LimitLinks.New, subject);

    private PageUrl ToStop(LimitSubject subject) => Carry(LimitLinks.Stop, subject.User is not null ? new(subject.Tenant, User: subject.User) : new(subject.Tenant, Key: subject.Key));

    private PageUrl Refused(LimitSubject subject) => Carry(LimitLinks.Refused, new(subject.Tenant, User: subject.User, Key: subject.Key, Model: subject.Model));

    private PageUrl Carry(string tab, LimitSubject subject)
    {
        var url = Url.To(Links.Limits).With("tab", tab).With("tenant", subject.Tenant);
        foreach (var dimension in Asked)
            if (subject[dimension] is { } name) url = url.With(dimension.Name(), name);
        return url;
    }

    private static IEnumerable<LimitStanding> Ordered(LimitStandings standings) => standings.Items
        .OrderByDescending(static standing => standing.Binds).ThenBy(static standing => standing.IsOverridden).ThenBy(static standing => standing.Limit.Action == LimitAction.Warn)
        .ThenBy(static standing => standing.Remaining is { } left ? standing.Limit.Max == 0 ? 0 : left / standing.Limit.Max : -1);

    private static string Sentence(LimitStandings standings)
    {
        var who = LimitWords.Who(standings.Subject);
        if (standings.Items.FirstOrDefault(static standing => standing.Binds) is not { Remaining: { } left } binding)
            return standings.Items.Any(static standing => standing.Remaining is null && standing.Limit.Action == LimitAction.Block) ? $"What is used is not known just now, so which limit binds {who} is not known either." : $"No limit blocks {who}; those that apply only warn.";
        if (binding.Limit.Stops) return $"{who} is stopped by “{LimitWords.Who(binding.Limit.Scope)}”{(binding.Limit.Reason is { } reason ? $": {reason}" : "")}. Nothing is let through until someone lifts it.";
        var rest = left == 0 ? "nothing is left" : $"{LimitWords.Amount(binding.Limit.Measure, left)} {(binding.Limit.Measure == LimitMeasure.Cost || left == 1 ? "is" : "are")} left";
        return $"For {who}, “{LimitWords.Full(binding.Limit)}” binds: {rest}. {LimitWords.Resets(binding.Limit, binding.ResetsAt, standings.Zone, standings.At)}";
    }

    private static string? Unnamed(LimitSubject subject)
    {
        string[] missing = [.. Asked.Where(dimension => subject[dimension] is null).Select(static dimension => dimension.Name())];
        return missing.Length == 0 ? null : $"Limits of a {string.Join(", ", missing)} are not among them: none is named.";
    }

    private static string Text(LimitStanding standing, LimitStandings standings)
    {
        var (limit, measure) = (standing.Limit, standing.Limit.Measure);
        if (standing is not { Spent: { } spent, Held: { } held, Remaining: { } left }) return "What is used is not known just now: the counters are away or being loaded.";
        var resets = LimitWords.Resets(limit, standing.ResetsAt, standings.Zone, standings.At);
        if (measure == LimitMeasure.Concurrency) return $"{Format.Count((long)held)} under way, {Format.Count((long)left)} more at once. {resets}";
        var over = spent > limit.Max ? $", {LimitWords.Amount(measure, spent - limit.Max)} over" : "";
        return $"{LimitWords.Amount(measure, spent)} used{over}, {LimitWords.Amount(measure, held)} held, {LimitWords.Amount(measure, left)} left. {resets}";
    }

    private static string Bar(LimitStanding standing) => standing.Remaining is { } left && standing.Limit.Max > 0
        ? $"{Format.Percent((double)((standing.Limit.Max - left) / standing.Limit.Max))} used or held"
        : standing.Remaining is null ? "not known" : "nothing is let through";

    private static string? Tone(LimitStanding standing) => standing.Limit.Max == 0 ? "full" : ((standing.Spent + standing.Held) / standing.Limit.Max) switch { >= 1 => "full", >= 0.8m => "near", _ => null };

    private static string Share(LimitStanding standing, decimal part) => standing.Limit.Max <= 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, part / standing.Limit.Max * 100):0.##}%");

    private static string Label(LimitDimension dimension) => dimension switch
    {
        LimitDimension.User => "User",
        LimitDimension.Team => "Team",
        LimitDimension.Key => "Virtual key",
        LimitDimension.Model => "Model",
        LimitDimension.Provider => "Provider",
        LimitDimension.Session => "Session",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}
