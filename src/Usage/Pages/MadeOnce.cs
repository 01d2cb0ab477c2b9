using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace AgentConsole.Usage.Pages;

/// <summary>What pages make of an answer that they share: made once for all that show it alike, and gone with the answer.</summary>
internal sealed class MadeOnce<TAnswer, TMade> where TAnswer : class
{
    private readonly ConditionalWeakTable<TAnswer, ConcurrentDictionary<object, TMade>> _made = [];

    /// <param name="alike">Whatever else it depends on; compared by value.</param>
    public TMade Of(TAnswer answer, object alike, Func<TMade> make) => _made.GetOrCreateValue(answer).GetOrAdd(alike, _ => make());
}
