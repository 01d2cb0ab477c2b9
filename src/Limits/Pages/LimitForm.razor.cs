using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>Sets, raises or changes one limit: what it would have done comes first, then it is saved.</summary>
public sealed partial class LimitForm
{
    /// <summary>How far back it is tried out.</summary>
    public const int Days = 30;

    private readonly Dictionary<LimitDimension, string> scope = [];
    private string tenant = "";
    private string max = "";
    private LimitMeasure measure = LimitMeasure.Cost;
    private LimitWindow window = LimitWindow.Month;
    private LimitAction action = LimitAction.Block;
    private DateTime? ends;
    private string? reason;
    private LimitDraft? draft;
    private LimitDryRun? run;
    private string? untried;
    private string? problem;
    private bool busy;
    private bool isFilled;

    [Parameter, EditorRequired] public required LimitsView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    /// <summary>The one that is changed; null: another one is set.</summary>
    [Parameter] public LimitRow? Existing { get; set; }
    [Parameter] public EventCallback<LimitDeed> OnDone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private CreateLimit Create { get; set; } = null!;
    [Inject] private ChangeLimit Change { get; set; } = null!;
    [Inject] private DryRunLimit DryRun { get; set; } = null!;
    [Inject] private ILogger<LimitForm> Log { get; set; } = null!;

    private LimitRow? Raised => Existing is null && Url.Text("raise") is not null ? View.Selected?.Row : null;

    protected override void OnParametersSet()
    {
        if (isFilled) return;
        isFilled = true;
        tenant = View.Places.Any(place => place.Id == Tenant) ? Tenant! : View.Places.Count > 0 ? View.Places[0].Id : LimitScope.Each;
        if ((Existing ?? Raised) is { } from) Take(from.Draft);
        if (Raised is not null) (ends, reason) = (TimeZoneInfo.ConvertTime(View.Now.AddDays(1), Zone).DateTime, null);
        foreach (var dimension in LimitNames.Dimensions)
            if (Existing is null && Url.Text(dimension.Name()) is { } name) scope[dimension] = name;
    }

    private void Take(LimitDraft from)
    {
        if (from.Scope.Tenant.Length > 0) tenant = from.Scope.Tenant;
        scope.Clear();
        foreach (var dimension in from.Scope.Named) scope[dimension] = from.Scope[dimension]!;
        (max, measure, window, action) = (LimitAmount.Text(from.Measure, from.Max), from.Measure, from.Window ?? LimitWindow.Month, from.Action);
        (ends, reason) = (from.ExpiresAt is { } at ? TimeZoneInfo.ConvertTime(at, Zone).DateTime : null, from.Reason);
        Touch();
    }

    private void Name(LimitDimension dimension, object? value)
    {
        scope[dimension] = value as string ?? "";
        Touch();
    }

    /// <summary>What was tried out was another limit.</summary>
    private void Touch() => (draft, run, untried, problem) = (null, null, null, null);

    private Result<LimitDraft> Read()
    {
        if (!decimal.TryParse(max.Trim().TrimStart('$'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var most)) return new InvalidLimit(["At most: a number such as 25.00."]);
        DateTimeOffset? end = ends is { } at ? new(at, Zone.GetUtcOffset(at)) : null;
        var about = new LimitScope(tenant, Of(LimitDimension.Team), Of(LimitDimension.User), Of(LimitDimension.Key), Of(LimitDimension.Model), Of(LimitDimension.Provider), Of(LimitDimension.Session));
        return new LimitDraft(about, measure, most, measure == LimitMeasure.Concurrency ? null : window, action, end, reason).Normalise(View.Now);

        string? Of(LimitDimension dimension) => scope.GetValueOrDefault(dimension);
    }

    private Task TryAsync() => GuardedAsync(async caller =>
    {
        Touch();
        var read = Read();
        if (!read.Ok)
        {
            problem = read.Error.Message;
            return;
        }
        draft = read.Value;
        var tried = await DryRun.ExecuteAsync(draft, Days, caller, CancellationToken.None);
        if (tried.Ok) run = tried.Value;
        else if (tried.Error is InvalidLimit) untried = $"{tried.Error.Message} It holds from the moment it is set.";
        else problem = tried.Error.Message;
    });

    private Task SaveAsync() => GuardedAsync(async caller =>
    {
        var saved = Existing is null ? await Create.ExecuteAsync(draft!, caller, CancellationToken.None) : await Change.ExecuteAsync(Existing.Id, draft!, caller, CancellationToken.None);
        if (!saved.Ok)
        {
            problem = saved.Error.Message;
            return;
        }
        var (done, row) = (Existing is null ? "is set" : "is changed", saved.Value);
        LimitLine[] before = Existing is null ? [] : [new(1, Existing.Draft, Existing.Id)];
        await OnDone.InvokeAsync(new($"{LimitWords.Full(row)} {done}{(row.ExpiresAt is { } end ? $", until {Format.DateTime(end, Zone)}" : "")}. It holds on every node within two seconds.", Existing is null ? [row.Id] : [], before));
    });

    private async Task GuardedAsync(Func<Caller, Task> act)
    {
        if (busy) return;
        busy = true;
        try
        {
            await act(await Caller.ReadAsync());
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            busy = false;
        }
    }

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

    [LoggerMessage(Level = LogLevel.Error, Message = "A limit could not be tried out or saved")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
