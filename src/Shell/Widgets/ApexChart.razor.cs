using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentConsole.Shell.Widgets;

/// <summary>A chart that is created once and then only given new numbers.</summary>
public sealed partial class ApexChart : IAsyncDisposable
{
    /// <summary>Models as the browser gets them: written once for all who look at the same, and gone with the model. Arguments of other types cost each circuit a writer of its own.</summary>
    private static readonly ConditionalWeakTable<ChartModel, byte[]> Written = [];

    private readonly HashSet<string> hidden = [];
    private readonly string titleId = $"chart-{Guid.NewGuid():N}";
    private ElementReference canvas;
    private IJSObjectReference? module;
    private IJSObjectReference? chart;
    private DotNetObjectReference<ApexChart>? self;
    private ChartModel? sent;
    private bool asTable;
    private bool disposed;

    /// <summary>The question it answers.</summary>
    [Parameter, EditorRequired] public required string Title { get; set; }
    [Parameter, EditorRequired] public required ChartModel Model { get; set; }
    /// <summary>Shown in place of a chart whose every value is unknown.</summary>
    [Parameter] public string Unknown { get; set; } = "Nothing is known about this range.";
    [Parameter] public RenderFragment? Actions { get; set; }
    [Parameter] public EventCallback<ChartPoint> OnPoint { get; set; }
    /// <summary>A stretch of time was dragged over; without a listener nothing can be.</summary>
    [Parameter] public EventCallback<ChartStretch> OnZoom { get; set; }
    /// <summary>Further classes of the card.</summary>
    [Parameter] public string? Class { get; set; }

    [Inject] private IJSRuntime Script { get; set; } = null!;

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task PointAsync(string? key, int bucket) =>
        bucket >= 0 && bucket < Model.Buckets.Count ? OnPoint.InvokeAsync(new(key, bucket)) : Task.CompletedTask;

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task ZoomAsync(int first, int last) =>
        Model.IsOverTime && first >= 0 && first <= last && last < Model.Buckets.Count ? OnZoom.InvokeAsync(new(first, last)) : Task.CompletedTask;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await CreateAsync();
        else if (chart is not null && !asTable && !ReferenceEquals(sent, Model))
            await SendAsync();
    }

    private async Task CreateAsync()
    {
        self = DotNetObjectReference.Create(this);
        module = await Script.InvokeAsync<IJSObjectReference>("import", "./src/Shell/Widgets/ApexChart.razor.js");
        if (disposed)
            return;
        sent = Model;
        chart = await module.InvokeAsync<IJSObjectReference>("create", canvas, Assets["lib/apexcharts/apexcharts.esm.js"], self, Write(Model));
        if (!disposed && !ReferenceEquals(sent, Model))
            await SendAsync();
    }

    private async Task SendAsync()
    {
        var update = sent is null ? "updateAtOnce" : "update";
        sent = Model;
        await chart!.InvokeVoidAsync(update, Write(Model));
    }

    private bool Nothing => Model.Series.All(static series => series.Values.All(static value => value is null or 0));

    /// <summary>A hidden chart cannot be drawn; shown again it gets what it missed.</summary>
    private void Toggle()
    {
        asTable = !asTable;
        sent = null;
    }

    private async Task SavePictureAsync()
    {
        if (chart is not null)
            await chart.InvokeVoidAsync("save", Title);
    }

    private async Task ToggleSeriesAsync(string key)
    {
        if (!hidden.Remove(key))
            hidden.Add(key);
        sent = null;
        if (chart is not null && !asTable)
            await SendAsync();
    }

    private byte[] Write(ChartModel model) => Written.GetValue(Visible(model), static shown => JsonSerializer.SerializeToUtf8Bytes(shown, JsonSerializerOptions.Web));

    private ChartModel Visible(ChartModel model) =>
        hidden.Count == 0 ? model : model with { Series = [.. model.Series.Where(series => !hidden.Contains(series.Key))] };

    public async ValueTask DisposeAsync()
    {
        disposed = true;
        try
        {
            if (chart is not null)
            {
                await chart.InvokeVoidAsync("dispose");
                await chart.DisposeAsync();
            }
            if (module is not null)
                await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the chart with it.
        }
        self?.Dispose();
    }
}
