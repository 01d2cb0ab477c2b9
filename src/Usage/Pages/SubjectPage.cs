using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>What the pages of a user and of a virtual key share: one of a tenant's subjects, what it spends, on what, and what it did last.</summary>
public abstract class SubjectPage : LivePage<SubjectUse>
{
    private SubjectReader? reader;
    private Reach? read;

    [Parameter] public string Tenant { get; set; } = "";
    [Parameter] public string Id { get; set; } = "";

    [Inject] private SharedBreakdowns Shared { get; set; } = null!;
    [Inject] private SubjectQueries Subjects { get; set; } = null!;

    /// <summary><see cref="Dimension.User"/> or <see cref="Dimension.Key"/>.</summary>
    protected abstract Dimension Of { get; }

    /// <summary>Its own address.</summary>
    protected abstract string Path { get; }

    protected string Name => Links.Value(Id);

    protected string Address => Navigation.ToAbsoluteUri(Path).ToString();

    protected override IReadOnlyList<string> ListensTo => Topics.Usage(Frame.Reach.Within(Tenant));

    protected override bool Owns(PageUrl url) => Links.Owns(url, Path);

    protected override DateTimeOffset? CompleteTo(SubjectUse data) => data.Total?.Freshness.CompleteTo;

    protected override Task<SubjectUse> PullAsync(CancellationToken cancellationToken)
    {
        if (reader is null || read != Frame.Reach)
        {
            var reach = read = Frame.Reach;
            reader = new(
                (query, cancel) => Shared.ReadAsync(reach, query, ChangedAt, cancel),
                (subject, status, cancel) => Subjects.ListLatestAsync(reach, subject.Tenant, subject.Of, subject.Name, status, SubjectReader.Latest, cancel),
                (tenant, cancel) => Shared.FindFirstUseAsync(reach.Within(tenant), cancel), Clock);
        }
        var subject = new Subject(Tenant, Of, Name);
        return Frame.Reach.Includes(Tenant) ? reader.ReadAsync(subject, Frame, cancellationToken) : Task.FromResult(SubjectUse.None(subject));
    }
}
