using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>What the shell gives every component, without a browser.</summary>
public abstract class PagesContext : BunitContext
{
    private protected readonly ManualFeed Feed = new();
    private protected readonly LiveState Live = new();

    protected PagesContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        ComponentFactories.AddStub<RequestTexts>();
        Services.AddSingleton(new SeriesColours());
        Services.AddSingleton(Live);
        Services.AddSingleton<TimeProvider>(new Testing.ManualTime(SampleUsage.Now));
        Services.AddSingleton<IChangeFeed>(Feed);
    }

    /// <summary>A feed that signals when it is told.</summary>
    private protected sealed class ManualFeed : IChangeFeed
    {
        private readonly List<(string Topic, Func<CancellationToken, Task> OnChange)> listeners = [];

        public int Listeners => listeners.Count;

        /// <summary>Topics that were signalled by what the page did.</summary>
        public List<string> Signals { get; } = [];

        public void Signal(string topic) => Signals.Add(topic);

        public Task SignalAsync(string topic) => Task.WhenAll(listeners.Where(one => one.Topic == topic).Select(static one => one.OnChange(CancellationToken.None)));

        public IDisposable Subscribe(string topic, TimeSpan throttle, Func<CancellationToken, Task> onChange)
        {
            var listener = (topic, onChange);
            listeners.Add(listener);
            return new Stop(() => listeners.Remove(listener));
        }

        private sealed class Stop(Action stop) : IDisposable
        {
            public void Dispose() => stop();
        }
    }
}
