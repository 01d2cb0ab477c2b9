namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>The spans of one body by what is above and below them. A parent that came in another body is not known.</summary>
internal sealed class SpanTree
{
    private const int MaxDepth = 256;

    private readonly Dictionary<(string Trace, string Span), OtlpSpan> _spans = [];
    private readonly HashSet<OtlpSpan> _aboveUsage = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<OtlpSpan> _aboveInference = new(ReferenceEqualityComparer.Instance);

    public SpanTree(IReadOnlyList<OtlpSpan> spans)
    {
        foreach (var span in spans)
            if (span is { TraceId: { } trace, SpanId: { } id })
                _spans.TryAdd((trace, id), span);
        foreach (var span in spans)
        {
            if (SpanRoles.Of(span) != SpanRole.Inference) continue;
            Mark(span, _aboveInference);
            if (SpanRoles.HasUsage(span)) Mark(span, _aboveUsage);
        }
    }

    public bool IsAboveUsage(OtlpSpan span) => _aboveUsage.Contains(span);

    public bool IsAboveInference(OtlpSpan span) => _aboveInference.Contains(span);

    /// <summary>The nearest first; ends at a cycle.</summary>
    public IEnumerable<OtlpSpan> Above(OtlpSpan span)
    {
        var above = span;
        for (var depth = 0; depth < MaxDepth && Parent(above) is { } parent && !ReferenceEquals(parent, span); depth++) yield return above = parent;
    }

    /// <summary>What is above a marked span is marked already.</summary>
    private void Mark(OtlpSpan span, HashSet<OtlpSpan> marked)
    {
        foreach (var parent in Above(span))
            if (!marked.Add(parent))
                return;
    }

    private OtlpSpan? Parent(OtlpSpan span) =>
        span is { TraceId: { } trace, ParentSpanId: { } id } ? _spans.GetValueOrDefault((trace, id)) : null;
}
