using AgentConsole.Access;
using AgentConsole.Access.Audit;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using Npgsql;

namespace AgentConsole.Tests.Access.Audit;

/// <summary>The log in PostgreSQL: nobody of the app can change it, and whoever else does is found out.</summary>
public sealed class AuditTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t{Guid.NewGuid():N}";

    private ConsoleApp App => shared.App;

    [Theory]
    [InlineData("UPDATE audit_entries SET subject = 'x' WHERE tenant_id = '{0}' AND sequence = 3", 3, AuditFlaw.Altered)]
    [InlineData("UPDATE audit_entries SET after = '{{\"n\": 33}}' WHERE tenant_id = '{0}' AND sequence = 3", 3, AuditFlaw.Altered)]
    [InlineData("UPDATE audit_entries SET on_behalf_of = 'x' WHERE tenant_id = '{0}' AND sequence = 3", 3, AuditFlaw.Altered)]
    [InlineData("UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE tenant_id = '{0}' AND sequence = 3", 3, AuditFlaw.Altered)]
    [InlineData("DELETE FROM audit_entries WHERE tenant_id = '{0}' AND sequence = 3", 3, AuditFlaw.Missing)]
    [InlineData("DELETE FROM audit_entries WHERE tenant_id = '{0}' AND sequence > 3", 4, AuditFlaw.Truncated)]
    [InlineData("DELETE FROM audit_entries WHERE tenant_id = '{0}'", 1, AuditFlaw.Truncated)]
    [InlineData("swap", 2, AuditFlaw.Unlinked)]
    [InlineData("UPDATE audit_heads SET sequence = 3 WHERE tenant_id = '{0}'", 4, AuditFlaw.Beyond)]
    [InlineData("UPDATE audit_heads SET hash = '' WHERE tenant_id = '{0}'", 8, AuditFlaw.Unlinked)]
    [InlineData("DELETE FROM audit_heads WHERE tenant_id = '{0}'", 8, AuditFlaw.Headless)]
    public async Task Verify_AfterTampering_SaysWhichEntryAndHow(string tampering, long sequence, AuditFlaw flaw)
    {
        await App.WriteAsync(_tenant, 8);
        Assert.Empty((await App.VerifyAsync(_tenant)).Breaks);
        // The key is not deferrable: two entries change places by way of a third.
        if (tampering == "swap")
            await App.ExecuteAsync($"UPDATE audit_entries SET sequence = sequence + 100 WHERE tenant_id = '{_tenant}' AND sequence IN (2, 7); UPDATE audit_entries SET sequence = 109 - sequence WHERE tenant_id = '{_tenant}' AND sequence > 100");
        else await App.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, tampering, _tenant));
        var first = (await App.VerifyAsync(_tenant)).Breaks[0];
        Assert.Equal((sequence, flaw), (first.Sequence, first.Flaw));
    }

    /// <summary>A whole log and its head gone: the platform's own log still names them.</summary>
    [Fact]
    public async Task Verify_CutTogetherWithItsHead_ContradictsTheAnchor()
    {
        await App.WriteAsync(_tenant, 8);
        await App.Get<AnchorAudit>().ExecuteAsync(CancellationToken.None);
        await App.ExecuteAsync($"DELETE FROM audit_entries WHERE tenant_id = '{_tenant}' AND sequence > 5; UPDATE audit_heads SET sequence = 5, hash = (SELECT hash FROM audit_entries WHERE tenant_id = '{_tenant}' AND sequence = 5) WHERE tenant_id = '{_tenant}'");
        Assert.Equal((6, AuditFlaw.Truncated), Assert.Single((await App.VerifyAsync(_tenant)).Breaks) is var cut ? (cut.Sequence, cut.Flaw) : default);
        await App.ExecuteAsync($"DELETE FROM audit_entries WHERE tenant_id = '{_tenant}'; DELETE FROM audit_heads WHERE tenant_id = '{_tenant}'");
        Assert.Equal((1, AuditFlaw.Truncated), Assert.Single((await App.VerifyAsync(_tenant)).Breaks) is var gone ? (gone.Sequence, gone.Flaw) : default);
    }

    [Fact]
    public async Task Anchor_NamesALogOnceUntilItGrows()
    {
        await App.WriteAsync(_tenant, 2);
        foreach (var _ in Enumerable.Range(0, 2)) await App.Get<AnchorAudit>().ExecuteAsync(CancellationToken.None);
        Assert.Equal(1, await App.CountAsync($"audit_entries WHERE tenant_id = '' AND action = 'audit.anchor' AND after ? '{_tenant}'"));
        await App.WriteAsync(_tenant, 1);
        await App.Get<AnchorAudit>().ExecuteAsync(CancellationToken.None);
        Assert.Equal(2, await App.CountAsync($"audit_entries WHERE tenant_id = '' AND action = 'audit.anchor' AND after ? '{_tenant}'"));
        Assert.Empty((await App.VerifyAsync(_tenant)).Breaks);
    }

    [Theory]
    [InlineData("console_platform", "UPDATE audit_entries SET subject = 'x'")]
    [InlineData("console_platform", "DELETE FROM audit_entries")]
    [InlineData("console_platform", "TRUNCATE audit_entries")]
    [InlineData("console_platform", "DELETE FROM audit_heads")]
    [InlineData("console_platform", "UPDATE audit_heads SET tenant_id = 'x'")]
    [InlineData("console_platform", "TRUNCATE audit_heads")]
    [InlineData("console_tenant", "UPDATE audit_entries SET subject = 'x'")]
    [InlineData("console_tenant", "DELETE FROM audit_entries")]
    [InlineData("console_tenant", "DELETE FROM audit_heads")]
    public async Task Role_OfTheApp_MayNotChangeTheLog(string role, string sql)
    {
        await using var connection = await App.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var enter = new NpgsqlCommand($"SET LOCAL ROLE {role}", connection);
        await enter.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Verify_ByATenant_KnowsItsOwnLogAndNoOther()
    {
        var other = _tenant + "x";
        await App.WriteAsync(_tenant, 3);
        await App.WriteAsync(other, 3);
        var caller = Caller.Member("member:ada", [(Role.TenantAdmin, _tenant)]);
        var own = await App.Get<VerifyAudit>().ExecuteAsync(null, caller, null, CancellationToken.None);
        Assert.Equal((_tenant, 3), Assert.Single(own.Value!.Chains) is var chain ? (chain.Tenant, chain.Entries) : default);
        Assert.IsType<NotAllowed>((await App.Get<VerifyAudit>().ExecuteAsync(other, caller, null, CancellationToken.None)).Error);
        Assert.IsType<NotAllowed>((await App.Get<VerifyAudit>().ExecuteAsync("", caller, null, CancellationToken.None)).Error);
        Assert.IsType<NotAllowed>((await App.Get<VerifyAudit>().ExecuteAsync(null, Caller.Member("member:bob", [(Role.TenantViewer, _tenant)]), null, CancellationToken.None)).Error);
    }

    [Fact]
    public async Task ViewAs_IsInTheEntry_AndInItsHash()
    {
        var looking = Caller.Member("member:support", [(Role.Support, null)]).ViewingAs(_tenant);
        Assert.Equal(("member:support", _tenant), (looking.Actor.Name, looking.Actor.OnBehalfOf));
        await App.WriteAsync(_tenant, 1, looking.Actor);
        var row = Assert.Single((await App.Get<AuditQueries>().ListAsync(Reach.Of(_tenant), new(ConsoleApp.Now.AddDays(-1), ConsoleApp.Now.AddDays(1)), null, 10, CancellationToken.None)).Items);
        Assert.Equal(("member:support", _tenant), (row.Actor, row.OnBehalfOf));
        Assert.Empty((await App.VerifyAsync(_tenant)).Breaks);
    }

    [Fact]
    public async Task Progress_IsTold_AndEndsAtTheEnd()
    {
        await App.WriteAsync(_tenant, 3);
        var told = new List<AuditProgress>();
        await App.Get<VerifyAudit>().ExecuteAsync(_tenant, Caller.System, new Listener(told), CancellationToken.None);
        Assert.Equal(new(3, 3), told[^1]);
    }

    private sealed class Listener(List<AuditProgress> told) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => told.Add(value);
    }
}
