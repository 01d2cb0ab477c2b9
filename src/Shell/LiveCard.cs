namespace AgentConsole.Shell;

/// <summary>A part of a page that follows its own <typeparamref name="TData"/>: the page says how fresh it is, so this does not, and a card is looked at in passing, so it is read less often.</summary>
public abstract class LiveCard<TData> : LivePage<TData> where TData : class
{
    private string? page;

    protected sealed override bool Reports => false;

    protected override TimeSpan Throttle => TimeSpan.FromSeconds(5);

    /// <summary>The page's, on which it was put.</summary>
    protected sealed override bool Owns(PageUrl url) => url.Path == page;

    protected override void OnInitialized()
    {
        page = Url.Path;
        base.OnInitialized();
    }
}
