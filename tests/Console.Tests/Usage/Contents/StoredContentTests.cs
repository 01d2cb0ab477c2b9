using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;
using AgentConsole.Usage;
using AgentConsole.Usage.Contents;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Contents;

/// <summary>What is stored, by whose will, for how long, and who gets to see it.</summary>
public sealed class StoredContentTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    private ConsoleApp App => shared.App;

    [Fact]
    public async Task Texts_OfATenantThatNeverAsked_AreNotStored()
    {
        await SendAsync("a");
        Assert.Equal(0, await CountAsync());
        Assert.Contains("turned off", await shared.Client.NoTextsAsync(_tenant, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_OfATenantThatStoresThem_AreThere_AndOfAnotherOnesInTheSameBodyAreNot()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await shared.Client.SendUsageAsync(Json.Array([Event("a", _tenant), Event("b", $"o{_tenant}")]));
        Assert.Equal("system: Be brief. | user: Why?", await shared.Client.TextsAsync(_tenant, "a", "input"));
        Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "a", "output"));
        Assert.Equal(0, await App.CountAsync($"usage_contents WHERE tenant_id = 'o{_tenant}'"));
    }

    [Fact]
    public async Task Duplicate_WithOtherTexts_ChangesNothing()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await SendAsync("a");
        var again = await shared.Client.SendUsageAsync(Json.Array([Event("a", _tenant, "Other."), Event("b", _tenant, "New."), Event("b", _tenant, "Twice.")]));
        Assert.Equal(2, again.Duplicates);
        Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "a", "output"));
        Assert.Equal("assistant: New.", await shared.Client.TextsAsync(_tenant, "b", "output"));
    }

    /// <summary>A request that was taken before the texts were stored gets none by being sent again.</summary>
    [Fact]
    public async Task Duplicate_OfARequestWithoutTexts_AddsNone()
    {
        await SendAsync("a");
        await App.KeepTextsAsync(_tenant, keeps: true);
        await SendAsync("a");
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task LiteLlm_MessagesAndResponse_AreStored()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        var payload = JsonNode.Parse("""
            {"id":"l-1","call_type":"acompletion","status":"success","custom_llm_provider":"openai","model":"gpt-5","startTime":1795197600.1,"endTime":1795197601.9,"prompt_tokens":12,"completion_tokens":9,
             "messages":[{"role":"user","content":"Why?"}],"response":{"choices":[{"message":{"role":"assistant","content":"Because."}}]}}
            """)!.AsObject();
        payload["metadata"] = new JsonObject { ["user_api_key_org_id"] = _tenant };
        Assert.Equal(1, (await shared.Client.SendAsync("/api/v1/ingest/litellm", Json.Body(payload.ToJsonString()))).Accepted);
        Assert.Equal(("user: Why?", "assistant: Because."), (await shared.Client.TextsAsync(_tenant, "l-1", "input"), await shared.Client.TextsAsync(_tenant, "l-1", "output")));
    }

    [Theory]
    [InlineData("""{"gen_ai.system_instructions":"[{\"type\":\"text\",\"content\":\"S\"}]","gen_ai.input.messages":"[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Why?\"}]}]","gen_ai.output.messages":"[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Because.\"}]}]"}""", "system: S | user: Why?")]
    [InlineData("""{"gen_ai.prompt":"Why?","gen_ai.completion":"[{\"role\":\"assistant\",\"content\":\"Because.\"}]"}""", "user: Why?")]
    [InlineData("""{"gen_ai.prompt.1.role":"user","gen_ai.prompt.1.content":"Why?","gen_ai.prompt.0.role":"system","gen_ai.prompt.0.content":"S","gen_ai.prompt.name":"triage","gen_ai.completion.0.content":"Because."}""", "system: S | user: Why?")]
    [InlineData("""{"gen_ai.prompt.0.role":"assistant","gen_ai.prompt.0.tool_calls.0.name":"find","gen_ai.prompt.0.tool_calls.0.arguments":"{}","gen_ai.completion.0.role":"assistant","gen_ai.completion.0.content":"Because."}""", "assistant: find {}")]
    [InlineData("""{"llm.input_messages.0.message.role":"user","llm.input_messages.0.message.content":"Why?","llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.content":"Because."}""", "user: Why?")]
    [InlineData("""{"input.value":"Why?","output.value":"Because."}""", "user: Why?")]
    [InlineData("""{"ai.prompt.messages":"[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Why?\"}]}]","ai.response.text":"Because."}""", "user: Why?")]
    [InlineData("""{"gen_ai.input.messages":"[{\"role\":\"user\",\"content\":\"Why?\"}]","gen_ai.prompt":"told twice","gen_ai.output.messages":"[{\"role\":\"assistant\",\"content\":\"Because.\"}]"}""", "user: Why?")]
    public async Task Span_TextsInItsAttributes_AreStored_InBothEncodings(string attributes, string input)
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        var all = JsonNode.Parse(attributes)!.AsObject();
        (all["gen_ai.operation.name"], all["gen_ai.provider.name"], all["gen_ai.response.model"], all["gen_ai.usage.input_tokens"], all["gen_ai.usage.output_tokens"]) = ("chat", "openai", "gpt-5", 7L, 5L);
        var (one, other) = (new TestSpan(1, 0, "chat", all), new TestSpan(2, 0, "chat", (JsonObject)all.DeepClone()));
        Assert.Equal(1, (await shared.Client.SendAsync("/api/v1/ingest/openrouter", Json.Body(TestSpan.Json(_tenant, one).ToJsonString()))).Accepted);
        var protobuf = new ByteArrayContent(TestSpan.Protobuf(_tenant, other)) { Headers = { ContentType = new("application/x-protobuf") } };
        using (var response = await shared.Client.PostAsync("/v1/traces", protobuf)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        foreach (var span in new[] { one, other })
            Assert.Equal((input, "assistant: Because."), (await shared.Client.TextsAsync(_tenant, span.EventId, "input"), await shared.Client.TextsAsync(_tenant, span.EventId, "output")));
    }

    /// <summary>Values with a shape, and events: one message each, or all of them in one.</summary>
    [Fact]
    public async Task Span_TextsInEventsAndStructures_AreStored()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        var body = TestSpan.Json(_tenant, Call(1), Call(2), Call(3));
        var spans = body["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]!.AsArray();
        spans[0]!["events"] = JsonNode.Parse("""
            [{"name":"gen_ai.user.message","attributes":[{"key":"content","value":{"stringValue":"Why?"}}]},{"name":"exception","attributes":[{"key":"content","value":{"stringValue":"not this"}}]},
             {"name":"gen_ai.choice","attributes":[{"key":"index","value":{"intValue":"0"}},{"key":"message","value":{"stringValue":"{\"role\":\"assistant\",\"content\":\"Because.\"}"}}]}]
            """);
        spans[1]!["events"] = JsonNode.Parse("""
            [{"name":"gen_ai.content.prompt","attributes":[{"key":"gen_ai.prompt","value":{"stringValue":"Why?"}}]},{"name":"gen_ai.content.completion","attributes":[{"key":"gen_ai.completion","value":{"stringValue":"Because."}}]}]
            """);
        spans[2]!["attributes"]!.AsArray().Add(JsonNode.Parse("""
            {"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"content","value":{"stringValue":"Why?"}}]}}]}}}
            """));
        spans[2]!["attributes"]!.AsArray().Add(JsonNode.Parse("""{"key":"gen_ai.output.messages","value":{"stringValue":"Because."}}"""));
        await shared.Client.SendAsync("/v1/traces", Json.Body(body.ToJsonString()));
        foreach (var span in new[] { Call(1), Call(2), Call(3) })
            Assert.Equal((span.Id, "user: Why?", "assistant: Because."), (span.Id, await shared.Client.TextsAsync(_tenant, span.EventId, "input"), await shared.Client.TextsAsync(_tenant, span.EventId, "output")));
    }

    [Fact]
    public async Task Texts_BeyondTheLimit_AreCut_AndSaySo()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await shared.Client.SendUsageAsync(Json.Event("a", _tenant, item => (item["input"], item["output"]) = (new string('x', 200_000), "short")));
        var content = await shared.Client.GetJsonAsync(TenantTexts.Path(_tenant, "a"));
        var input = content.GetProperty("input");
        Assert.Equal((true, 200_000), (input.GetProperty("cut").GetBoolean(), input.GetProperty("bytes").GetInt64()));
        Assert.Equal(ContentSide.MaxBytes, input.GetProperty("messages")[0].GetProperty("parts")[0].GetProperty("text").GetString()!.Length);
        Assert.False(content.GetProperty("output").GetProperty("cut").GetBoolean());
    }

    /// <summary>What is wrong with a text is no reason to lose a request.</summary>
    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""["\ud800","a\u0000b"]""")]
    [InlineData("7")]
    [InlineData("[[[[[[[[[[[[[[\"deep\"]]]]]]]]]]]]]]")]
    public async Task Texts_ThatAreNone_LeaveTheRequestAlone(string input)
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        var item = Json.Event("a", _tenant).ToJsonString();
        Assert.Equal(1, (await shared.Client.SendUsageAsync($"{item[..^1]},\"input\":{input}}}")).Accepted);
    }

    [Fact]
    public async Task Reader_WithoutThePermission_IsRefused_AndAForeignOneFindsNothing()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await SendAsync("a");
        foreach (var (tenant, scope, status) in new[] { (_tenant, "read", 403), (_tenant, "limits", 403), (_tenant, "ingest", 403), ($"o{_tenant}", "admin", 404), (_tenant, "admin", 200) })
        {
            if (tenant != _tenant) await shared.Client.CreateTenantAsync(tenant);
            using var client = App.Client((await shared.Client.CreateKeyAsync(tenant, [scope])).Secret);
            using var response = await client.GetAsync(TenantTexts.Path(_tenant, "a"));
            Assert.True(status == (int)response.StatusCode, $"{tenant} {scope}: {(int)response.StatusCode}");
            if (status != 200) Assert.DoesNotContain("Because", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            else Assert.True(response.Headers.CacheControl!.NoStore);
        }
        using var nobody = App.Client(null);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusAsync(TenantTexts.Path(_tenant, "a")));
    }

    /// <summary>Support looks as a tenant would, and never sees its texts; neither does an operator who looks with its eyes.</summary>
    [Fact]
    public async Task Reveal_ByRole_IsForAdminsAndOperators()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await SendAsync("a");
        var support = Caller.Member("member:sue", [(Role.Support, null)]);
        var operators = Caller.Member("member:olga", [(Role.Operator, null)]);
        foreach (var caller in new[] { Caller.Nobody, Caller.Member("v", [(Role.TenantViewer, _tenant)]), support, support.ViewingAs(_tenant), operators.ViewingAs(_tenant), Caller.Member("x", [(Role.TenantAdmin, $"o{_tenant}")]) })
            Assert.IsType<NotAllowed>((await RevealAsync(caller, "a")).Error);
        Assert.Equal(0, await ReadsAsync());
        foreach (var caller in new[] { Caller.Member("member:ada", [(Role.TenantAdmin, _tenant)]), operators })
            Assert.Equal("Because.", (await RevealAsync(caller, "a")).Value!.Output!.Messages[0].Parts[0].Text);
        Assert.Equal(2, await ReadsAsync());
    }

    [Fact]
    public async Task Reveal_IsInTheAudit_OncePerReaderRequestAndDay()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        await SendAsync("a");
        await SendAsync("b");
        var (ada, ben) = (Caller.Member("member:ada", [(Role.TenantAdmin, _tenant)]), Caller.Member("member:ben", [(Role.TenantAdmin, _tenant)]));
        foreach (var (caller, id) in new[] { (ada, "a"), (ada, "a"), (ben, "a"), (ada, "b"), (ada, "missing") }) await RevealAsync(caller, id);
        Assert.Equal("member:ada a (native), member:ada b (native), member:ben a (native)", await App.ScalarAsync<string>(
            $"SELECT string_agg(actor || ' ' || subject, ', ' ORDER BY actor, subject) FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'contents.read'"));
        await LaterAsync(TimeSpan.FromDays(1), async () => Assert.True((await RevealAsync(ada, "a")).Ok));
        Assert.Equal(4, await ReadsAsync());
        Assert.Equal(0, await App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND (before::text LIKE '%Because%' OR after::text LIKE '%Because%')"));
    }

    [Fact]
    public async Task Expired_IsNotShown_AndGoesWithTheNextMaintenance()
    {
        await App.KeepTextsAsync(_tenant, keeps: true, days: 3);
        await SendAsync("a");
        await LaterAsync(TimeSpan.FromDays(2.9), async () =>
        {
            await SendAsync("b");
            await ExpireAsync();
            Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "a", "output"));
        });
        await LaterAsync(TimeSpan.FromDays(3.1), async () =>
        {
            Assert.Contains("expired: they are kept for 3 days", await shared.Client.NoTextsAsync(_tenant, "a"), StringComparison.Ordinal);
            await ExpireAsync();
            Assert.Equal("b", await App.ScalarAsync<string>($"SELECT string_agg(event_id, ',') FROM usage_contents WHERE tenant_id = '{_tenant}'"));
            Assert.Contains("expired", await shared.Client.NoTextsAsync(_tenant, "a"), StringComparison.Ordinal);
            Assert.Equal(2, await App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
        });
    }

    [Fact]
    public async Task Days_Shortened_HideWhatIsOlderAtOnce()
    {
        await App.KeepTextsAsync(_tenant, keeps: true, days: 30);
        await SendAsync("a");
        await LaterAsync(TimeSpan.FromDays(2), async () =>
        {
            Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "a", "output"));
            await App.KeepTextsAsync(_tenant, keeps: true, days: 1);
            Assert.Contains("1 day.", await shared.Client.NoTextsAsync(_tenant, "a"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task TurnedOff_StoresNoMore_KeepsWhatThereIs_AndTellsWhichWasWhich()
    {
        await SendAsync("before");
        await LaterAsync(TimeSpan.FromMinutes(1), () => App.KeepTextsAsync(_tenant, keeps: true));
        await LaterAsync(TimeSpan.FromMinutes(2), async () =>
        {
            await SendAsync("during");
            await shared.Client.SendUsageAsync(Json.Event("silent", _tenant));
        });
        await LaterAsync(TimeSpan.FromMinutes(3), () => App.KeepTextsAsync(_tenant, keeps: false));
        await LaterAsync(TimeSpan.FromMinutes(4), async () =>
        {
            await SendAsync("after");
            Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "during", "output"));
            Assert.Contains("No texts came", await shared.Client.NoTextsAsync(_tenant, "silent"), StringComparison.Ordinal);
            foreach (var id in new[] { "before", "after" }) Assert.Contains("turned off", await shared.Client.NoTextsAsync(_tenant, id), StringComparison.Ordinal);
        });
        Assert.Equal("false true, true false", await App.ScalarAsync<string>(
            $"SELECT string_agg((before->>'keepsContents') || ' ' || (after->>'keepsContents'), ', ' ORDER BY sequence) FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'tenants.save'"));
    }

    /// <summary>A node that has not heard of it yet must not store one more.</summary>
    [Fact]
    public async Task TurnedOff_IsObeyedByAWriterThatDoesNotKnowYet()
    {
        await App.KeepTextsAsync(_tenant, keeps: false);
        var late = new UsageEvent
        {
            TenantId = _tenant, Source = UsageSources.Native, Id = "late", OccurredAt = ConsoleApp.Now, Provider = "openai", Model = "gpt-5", Content = new(new("[]", 1, false), null),
        };
        await App.Get<LedgerTransaction>().WriteAsync([new IngestBatch([late], [])], CancellationToken.None);
        Assert.Equal((1, 0), (await App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"), await CountAsync()));
    }

    [Fact]
    public async Task Delete_TakesEveryText_TellsHowMuch_AndIsInTheAudit()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        foreach (var id in new[] { "a", "b", "c" }) await SendAsync(id);
        var told = await App.Get<ContentQueries>().SizeAsync(AgentConsole.Platform.Data.Reach.Of([_tenant]), _tenant, CancellationToken.None);
        Assert.Equal(3, told.Requests);
        Assert.True(told.Bytes > 100);
        Assert.IsType<NotAllowed>((await App.Get<DeleteContents>().ExecuteAsync(_tenant, Caller.Member("s", [(Role.Support, null)]), CancellationToken.None)).Error);
        var deleted = await App.Get<DeleteContents>().ExecuteAsync(_tenant, Caller.Member("member:ada", [(Role.TenantAdmin, _tenant)]), CancellationToken.None);
        Assert.Equal(told, deleted.Value);
        Assert.Equal(0, await CountAsync());
        Assert.Contains("were deleted on 2026-11-20", await shared.Client.NoTextsAsync(_tenant, "a"), StringComparison.Ordinal);
        Assert.Equal("member:ada 3", await App.ScalarAsync<string>($"SELECT actor || ' ' || (before->>'requests') FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'contents.delete'"));
        // It goes on storing what comes later.
        await LaterAsync(TimeSpan.FromSeconds(1), async () =>
        {
            await SendAsync("d");
            Assert.Equal("assistant: Because.", await shared.Client.TextsAsync(_tenant, "d", "output"));
        });
    }

    [Fact]
    public async Task Setting_OverHttp_IsTheTenantsAdminsOwn_AndLeftOutStaysAsItIs()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        using var admin = App.Client((await shared.Client.CreateKeyAsync(_tenant, ["admin"])).Secret);
        async Task<string> PutAsync(HttpClient client, string more, int status = 200)
        {
            using var response = await client.PutAsync($"/api/v1/tenants/{_tenant}", Json.Body($$"""{"name":"A","timeZone":"UTC"{{more}}}"""));
            if (status != 200) return await Json.ProblemAsync(response, status);
            var tenant = await Json.ReadAsync(response);
            return $"{tenant.GetProperty("keepsContents")} {tenant.GetProperty("contentDays")}";
        }
        Assert.Equal("False 30", await PutAsync(admin, ""));
        Assert.Equal("True 90", await PutAsync(admin, ""","keepsContents":true,"contentDays":90"""));
        Assert.Equal("True 90", await PutAsync(admin, ""));
        Assert.True(App.Get<CurrentAccess>().KeepsContents(_tenant));
        foreach (var wrong in new[] { ""","contentDays":0""", ""","contentDays":366""", ""","contentDays":1.5""", ""","keepsContents":"yes" """ }) await PutAsync(admin, wrong, 400);
        using var reader = App.Client((await shared.Client.CreateKeyAsync(_tenant, ["read"])).Secret);
        await PutAsync(reader, ""","keepsContents":false""", 403);
        Assert.Equal("False 90", await PutAsync(admin, ""","keepsContents":false"""));
        Assert.False(App.Get<CurrentAccess>().KeepsContents(_tenant));
    }

    private static TestSpan Call(int id) => TestSpan.Of(id, "chat", """{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":7,"gen_ai.usage.output_tokens":5}""");

    private static JsonObject Event(string id, string tenant, string output = "Because.") => Json.Event(id, tenant, item =>
    {
        item["input"] = new JsonArray(new JsonObject { ["role"] = "system", ["content"] = "Be brief." }, new JsonObject { ["role"] = "user", ["content"] = "Why?" });
        item["output"] = output;
    });

    private Task SendAsync(string id) => shared.Client.SendUsageAsync(Event(id, _tenant));

    private Task<AgentConsole.Platform.Result<RequestContent>> RevealAsync(Caller caller, string id) => App.Get<RevealContent>().ExecuteAsync(_tenant, id, null, caller, CancellationToken.None);

    private Task ExpireAsync() => App.Get<ExpireContents>().ExecuteAsync(CancellationToken.None);

    private Task<long> CountAsync() => App.CountAsync($"usage_contents WHERE tenant_id = '{_tenant}'");

    private Task<long> ReadsAsync() => App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action = 'contents.read'");

    /// <summary>Then, and back again: the app is shared.</summary>
    private async Task LaterAsync(TimeSpan later, Func<Task> what)
    {
        App.Time.Now = ConsoleApp.Now + later;
        try
        {
            await what();
        }
        finally
        {
            App.Time.Now = ConsoleApp.Now;
        }
    }
}
