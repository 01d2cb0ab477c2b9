using System.Collections.Frozen;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>What a span is here. Only inferences are usage; the others but <see cref="Other"/> are hops.</summary>
internal enum SpanRole { Other, Inference, Agent, Tool, Workflow, Stage }

/// <summary>
/// Which spans count. Agents and frameworks repeat their children's usage, so only inferences are usage, and of those only the innermost. The first row that fits decides:
/// <code>
/// told by                          value                                                     role
/// -------------------------------  --------------------------------------------------------  ---------
/// gen_ai.operation.name            chat, text_completion, generate_content, embeddings       Inference
///                                  invoke_agent, create_agent                                Agent
///                                  execute_tool                                              Tool
///                                  invoke_workflow                                           Workflow
///                                  retrieval, plan                                           Stage
/// a span kind of OpenInference,    LLM, EMBEDDING, generation, embedding, chat, completion   Inference
/// OpenLLMetry, Langfuse, …         AGENT; TOOL; WORKFLOW                                     Agent; Tool; Workflow
///                                  CHAIN, TASK, RETRIEVER, RERANKER, EVALUATOR, GUARDRAIL    Stage
/// AI SDK: operation or name        ai.*.doGenerate, ai.*.doStream, ai.embed*.doEmbed         Inference
///                                  ai.toolCall                                               Tool
///                                  ai.generateText, ai.streamText, … (the outer spans)       Other
/// token counts among attributes    any                                                       Inference
/// hop.name                         any                                                       Stage
/// name of an internal span         router, planner, executor, synthesizer, …                 Stage
/// anything else                                                                              Other
/// </code>
/// An inference is then counted
/// <code>
/// it has usage  and no inference below it (in the same body) has usage        counted
///               and one has                                                   not counted: it repeats
/// it has none   and it failed, and no inference is below it                   counted, without tokens
///               and it did not fail, and none is below it                     refused: its usage is unknown
///               and an inference is below it                                  not counted: it wraps
/// </code>
/// A span with <c>hop.name</c> is a hop besides, whatever else it is. Other spans are taken and dropped: they are not about models.
/// </summary>
internal static class SpanRoles
{
    private static readonly FrozenDictionary<string, SpanRole> Operations = new Dictionary<string, SpanRole>
    {
        ["chat"] = SpanRole.Inference,
        ["text_completion"] = SpanRole.Inference,
        ["generate_content"] = SpanRole.Inference,
        ["embeddings"] = SpanRole.Inference,
        ["invoke_agent"] = SpanRole.Agent,
        ["create_agent"] = SpanRole.Agent,
        ["execute_tool"] = SpanRole.Tool,
        ["invoke_workflow"] = SpanRole.Workflow,
        ["retrieval"] = SpanRole.Stage,
        ["plan"] = SpanRole.Stage,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, SpanRole> Kinds = new Dictionary<string, SpanRole>
    {
        ["llm"] = SpanRole.Inference,
        ["generation"] = SpanRole.Inference,
        ["chat"] = SpanRole.Inference,
        ["completion"] = SpanRole.Inference,
        ["embedding"] = SpanRole.Inference,
        ["agent"] = SpanRole.Agent,
        ["tool"] = SpanRole.Tool,
        ["workflow"] = SpanRole.Workflow,
        ["chain"] = SpanRole.Stage,
        ["task"] = SpanRole.Stage,
        ["retriever"] = SpanRole.Stage,
        ["reranker"] = SpanRole.Stage,
        ["evaluator"] = SpanRole.Stage,
        ["guardrail"] = SpanRole.Stage,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Stages = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "router", "planner", "executor", "synthesizer", "orchestrator", "supervisor", "retriever", "reranker", "critic", "evaluator", "summarizer", "guardrail", "tool call", "tool_call");

    public static SpanRole Of(OtlpSpan span)
    {
        var attributes = span.Attributes;
        if (attributes.Text(OtlpNames.Operation) is { } operation && Operations.TryGetValue(operation, out var role)) return role;
        foreach (var name in OtlpNames.Kind)
            if (attributes.Text(name) is { } kind && Kinds.TryGetValue(kind, out role)) return role;
        if (SdkOperation(span) is { } known) return known;
        if (HasUsage(span)) return SpanRole.Inference;
        if (attributes.First(OtlpNames.HopName) is not null) return SpanRole.Stage;
        return span.Kind <= OtlpSpan.Internal && Stages.Contains(span.Name) ? SpanRole.Stage : SpanRole.Other;
    }

    public static bool HasUsage(OtlpSpan span) => span.Attributes.First(OtlpNames.Usage) is not null;

    private static SpanRole? SdkOperation(OtlpSpan span)
    {
        var name = span.Attributes.Text(OtlpNames.SdkOperation) ?? span.Name;
        if (!name.StartsWith("ai.", StringComparison.Ordinal)) return null;
        if (name.EndsWith(".doGenerate", StringComparison.Ordinal) || name.EndsWith(".doStream", StringComparison.Ordinal) || name.EndsWith(".doEmbed", StringComparison.Ordinal)) return SpanRole.Inference;
        return name == "ai.toolCall" ? SpanRole.Tool : SpanRole.Other;
    }
}
