using static AgentConsole.Demo.Traffic.DemoModel;

namespace AgentConsole.Demo.Traffic;

/// <summary>The three customers of the demo: an agent platform, a chat service and an internal tool.</summary>
internal static class DemoTenants
{
    private static readonly double[] OfficeHours = [2, 1, 1, 1, 1, 2, 4, 9, 20, 32, 36, 35, 29, 33, 37, 36, 31, 22, 13, 9, 7, 5, 4, 3];
    private static readonly double[] EveningHours = [9, 5, 3, 2, 2, 4, 9, 15, 19, 21, 22, 24, 26, 24, 22, 22, 24, 27, 33, 39, 42, 37, 27, 16];
    private static readonly double[] NightlyHours = [1, 30, 34, 26, 1, 1, 2, 6, 22, 30, 32, 30, 20, 26, 30, 28, 18, 8, 2, 1, 1, 1, 1, 1];

    /// <summary>The prompt whose cache hit rate fell when its tool results began to carry timestamps.</summary>
    public const string TriagePrompt = "support-triage";

    public static readonly DemoTenant Northwind = new(
        "northwind-agents", "Northwind Agents", "America/New_York", 430, OfficeHours, 0.22, 180, "acct-{0:1000}",
        ["research", "support", "builders", "growth"],
        [(AgentRun, 46), (Triage, 34), (Coding, 20)]);

    public static readonly DemoTenant Chatter = new(
        "chatter", "Chatter", "Asia/Kathmandu", 700, EveningHours, 1.18, 1400, "u-{0:00000}",
        ["web", "mobile", "partners"],
        [(Chat, 62), (Grounded, 26), (Voice, 5), (Moderation, 7)]);

    public static readonly DemoTenant Ledgerly = new(
        "ledgerly", "Ledgerly Internal", "Pacific/Auckland", 300, NightlyHours, 0.12, 38, "staff-{0:000}",
        ["payables", "close", "audit"],
        [(Invoices, 44), (Reconcile, 20), (NightlyBatch, 30), (Classify, 6)]);

    public static readonly IReadOnlyList<DemoTenant> All = [Northwind, Chatter, Ledgerly];

    /// <summary>Those whose sessions begin with a call that costs next to nothing: what flows live on top of the day's shape, without bending its money.</summary>
    public static readonly IReadOnlyList<(DemoTenant Tenant, DemoActivity Activity)> Pulse =
        [(Chatter, Chat), (Chatter, Chat), (Chatter, Chat), (Chatter, Grounded), (Northwind, Triage), (Northwind, AgentRun), (Ledgerly, Invoices)];

    private static DemoActivity AgentRun => new("agent-run",
        Opening:
        [
            new("router", [Gpt54Nano], 1_900, 0, 40),
            new("planner", [Sonnet, Sonnet, Gpt54], 24_000, 0, 900, Reasoning: 0.5),
        ],
        Turns: [new("executor", [Sonnet, Sonnet, Sonnet, Opus, Opus, Gpt54, GeminiPro], 66_000, 10_500, 880, Tools: ["search_web", "read_file", "run_notebook", "query_sql", "send_email"])],
        Closing: [new("synthesizer", [Sonnet, Opus], 118_000, 4_000, 1_800, Stream: true)],
        MinTurns: 3, MaxTurns: 14, GapSeconds: 2.2, Prompt: "task-runner", Sandbox: true, Traced: true);

    private static DemoActivity Triage => new("triage",
        Opening: [new("router", [Gpt54Nano], 1_600, 0, 30)],
        Turns: [new("triage", [Sonnet], 31_000, 3_400, 380, Tools: ["lookup_ticket", "search_kb", "read_order"])],
        Closing: [new("responder", [Sonnet, Haiku], 36_000, 1_500, 420, Stream: true)],
        MinTurns: 3, MaxTurns: 9, GapSeconds: 1.6, HitRate: 0.845, Prompt: TriagePrompt, Traced: true);

    private static DemoActivity Coding => new("coding",
        Opening: [new("planner", [Opus, Gpt55], 48_000, 0, 1_500, Reasoning: 0.6)],
        Turns: [new("coder", [Opus, Opus, Opus, Gpt55, Grok], 124_000, 9_600, 1_700, Reasoning: 0.4, Tools: ["read_file", "edit_file", "run_tests", "search_code"])],
        Closing: [new("reviewer", [Opus], 180_000, 5_000, 2_000, Stream: true)],
        MinTurns: 6, MaxTurns: 22, GapSeconds: 6, Prompt: "pair-programmer", Sandbox: true, Traced: true);

    private static DemoActivity Chat => new("chat",
        Opening: [],
        Turns: [new(null, [Gpt54Mini, Gpt54Mini, Gpt54Mini, GeminiFlash, GeminiFlash, Haiku, DeepSeek], 3_400, 620, 260, Stream: true)],
        Closing: [],
        MinTurns: 1, MaxTurns: 8, GapSeconds: 38, HitRate: 0.7, Prompt: "assistant");

    private static DemoActivity Grounded => new("grounded-answer",
        Opening: [new("retriever", [Embedding], 42, 0, 0, Operation: "embeddings")],
        Turns: [new("answerer", [GeminiFlash, Gpt54Mini, Haiku], 9_200, 1_400, 420, Stream: true)],
        Closing: [],
        MinTurns: 1, MaxTurns: 3, GapSeconds: 45, HitRate: 0.55, Prompt: "grounded-answer");

    private static DemoActivity Voice => new("voice",
        Opening: [],
        Turns: [new("voice", [GeminiVoice], 1_800, 240, 160, Stream: true, Audio: 1_500)],
        Closing: [],
        MinTurns: 2, MaxTurns: 6, GapSeconds: 20, HitRate: 0.4, Prompt: "assistant");

    private static DemoActivity Moderation => new("moderation",
        Opening: [],
        Turns: [new("moderator", [Gpt54Nano], 900, 0, 12)],
        Closing: [],
        MinTurns: 1, MaxTurns: 1, GapSeconds: 1, HitRate: 0.2);

    private static DemoActivity Invoices => new("invoices",
        Opening: [],
        Turns: [new("extractor", [Gpt54Mini, Gpt54Mini, MistralSmall], 2_600, 0, 520, Images: 1_450)],
        Closing: [],
        MinTurns: 1, MaxTurns: 4, GapSeconds: 5, HitRate: 0.5, Prompt: "invoice-extract");

    private static DemoActivity Reconcile => new("reconcile",
        Opening: [],
        Turns: [new("reconciler", [Gpt55, Gpt54], 14_000, 2_200, 700, Reasoning: 2.4, Tools: ["match_lines", "query_ledger"])],
        Closing: [],
        MinTurns: 2, MaxTurns: 6, GapSeconds: 4, HitRate: 0.6, Prompt: "reconcile");

    /// <summary>An embedding reads and writes nothing: output that no price list has a price for would leave it unpriced.</summary>
    private static DemoStep NightlyIndex => new("indexer", [Embedding], 3_100, 0, 0, Operation: "embeddings");

    private static DemoActivity NightlyBatch => new("nightly-batch",
        Opening: [],
        Turns: [NightlyIndex, NightlyIndex, new("indexer", [Gpt54Mini], 3_100, 0, 180)],
        Closing: [],
        MinTurns: 2, MaxTurns: 7, GapSeconds: 3, HitRate: 0, Batch: true);

    private static DemoActivity Classify => new("classify",
        Opening: [],
        Turns: [new("classifier", [Unpriced], 640, 0, 8)],
        Closing: [],
        MinTurns: 1, MaxTurns: 2, GapSeconds: 2, HitRate: 0);
}
