using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Search;

/// <summary>The search box of the top bar: asks when typing rests, forgets what was asked before, and shows one answer at a time.</summary>
public sealed partial class SearchBox : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(120);

    private CancellationTokenSource? asking;
    private SearchAnswer answer = SearchAnswer.None;
    private string text = "";
    private bool busy;
    private bool looking;
    private Frame? listed;

    [Parameter, EditorRequired] public required Frame Frame { get; set; }
    [Inject] private SearchEverywhere Search { get; set; } = null!;
    [Inject] private IVisitor Visitor { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;

    private string Said => 0 switch
    {
        _ when busy => "Searching…",
        _ when answer.Text.Length == 0 => "",
        _ when answer.Hits == 0 && answer.Missing.Count > 0 => "Nothing was found in what could be searched.",
        _ when answer.Hits == 0 => $"Nothing that you may see begins with “{answer.Text}”.",
        _ => $"{Format.Count(answer.Hits)} found",
    };

    private bool IsListed => !ReferenceEquals(answer, SearchAnswer.None);

    /// <summary>What is listed leads on from the page that is open. Most pages come and go without a look at it, and are not to carry it.</summary>
    protected override Task OnParametersSetAsync()
    {
        if (listed == Frame) return Task.CompletedTask;
        listed = Frame;
        answer = looking ? answer : SearchAnswer.None;
        return looking ? AskAsync() : Task.CompletedTask;
    }

    private Task OnFocusAsync()
    {
        looking = true;
        return IsListed ? Task.CompletedTask : AskAsync();
    }

    private void OnBlur() => looking = false;

    public void Dispose()
    {
        asking?.Cancel();
        asking?.Dispose();
    }

    private async Task OnInput(ChangeEventArgs typed)
    {
        text = typed.Value as string ?? "";
        busy = true;
        await AskAsync(Rest);
    }

    private Task AskAsync() => AskAsync(TimeSpan.Zero);

    private async Task AskAsync(TimeSpan rest)
    {
        asking?.Cancel();
        asking?.Dispose();
        asking = new();
        var token = asking.Token;
        try
        {
            if (rest > TimeSpan.Zero) await Task.Delay(rest, Clock, token);
            var found = await Search.ExecuteAsync(text, Frame, token);
            if (!token.IsCancellationRequested) (answer, busy) = (found, false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Something newer is asked, or the page is gone.
        }
    }
}
