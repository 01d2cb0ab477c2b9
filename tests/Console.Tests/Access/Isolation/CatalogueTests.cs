using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>The walls as PostgreSQL's own catalogue has them. A table that is new here: its migration calls <c>Isolate</c>.</summary>
[Collection(nameof(TwoTenants))]
public sealed class CatalogueTests(TwoTenants shared)
{
    private const string TenantTables = """
        SELECT c.* , c.oid AS id FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        """;

    private const string Roles = "('console_platform', 'console_tenant')";

    [Fact]
    public async Task Table_EveryOneAndEveryPartition_IsClosedToItsOwnerToo() =>
        await NoneAsync($"SELECT relname FROM ({TenantTables}) AS t WHERE NOT (relrowsecurity AND relforcerowsecurity)");

    [Fact]
    public async Task Policy_OfEveryTable_IsTheSameTwo_AndOfAPartitionNoneButItsOwners() => await NoneAsync($"""
        SELECT t.relname || ': ' || coalesce(string_agg(concat_ws(' ', p.polname, p.polcmd, pg_get_expr(p.polqual, t.id), pg_get_expr(p.polwithcheck, t.id)), ', ' ORDER BY p.polname), 'none')
        FROM ({TenantTables}) AS t LEFT JOIN pg_policy AS p ON p.polrelid = t.id
        GROUP BY t.relname, t.relispartition, t.relowner
        HAVING CASE WHEN t.relispartition THEN count(p.polname) <> count(p.polname) FILTER (WHERE t.relname = 'usage_events_default' AND p.polroles = ARRAY[t.relowner]) ELSE
          array_agg(p.polname::text || ' ' || p.polroles::regrole[]::text || ' ' || p.polpermissive ORDER BY p.polname)
            <> ARRAY['reach_platform {"{console_platform}"} true', 'reach_tenant {"{console_tenant}"} true']
          OR count(*) FILTER (WHERE p.polcmd <> '*' OR p.polwithcheck IS NOT NULL) > 0
          OR NOT bool_and(replace(replace(pg_get_expr(p.polqual, t.id), '(tenant_id)::text', 'tenant_id'), ' AS "nullif"', '') = CASE p.polname WHEN 'reach_platform' THEN 'true' ELSE
            '(tenant_id = ANY (( SELECT (NULLIF(current_setting(''console.tenants''::text, true), ''''::text))::text[])::text[]))' END) END
        """);

    [Fact]
    public async Task Key_EveryUniqueOne_NamesTheTenantFirst() => await NoneAsync($"""
        SELECT i.indexrelid::regclass::text FROM ({TenantTables}) AS t JOIN pg_index AS i ON i.indrelid = t.id JOIN pg_attribute AS a ON a.attrelid = t.id AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND a.attname <> 'tenant_id'
        """);

    [Fact]
    public async Task Role_OwnsNothing_BypassesNothing_AndIsInNoOther() => await NoneAsync($"""
        SELECT rolname || ' is more than a role' FROM pg_roles WHERE rolname IN {Roles} AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication)
        UNION ALL SELECT 'owns ' || oid::regclass FROM pg_class WHERE relowner::regrole::text IN {Roles} AND relpersistence <> 't'
        UNION ALL SELECT 'owns ' || oid::regprocedure FROM pg_proc WHERE proowner::regrole::text IN {Roles}
        UNION ALL SELECT 'owns ' || nspname FROM pg_namespace WHERE nspowner::regrole::text IN {Roles}
        UNION ALL SELECT 'is in ' || roleid::regrole FROM pg_auth_members WHERE member::regrole::text IN {Roles}
        UNION ALL SELECT 'has default privileges' FROM pg_default_acl
        """);

    /// <summary>What each may do, whole: a grant more is seen here.</summary>
    [Fact]
    public async Task Grant_EveryOne_IsKnown() => Assert.Equal("""
        access_versions: platform INSERT SELECT UPDATE, tenant INSERT SELECT UPDATE
        alert_rule_states: platform DELETE INSERT SELECT UPDATE, tenant DELETE SELECT
        alert_rules: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        alerts: platform DELETE INSERT SELECT UPDATE, tenant SELECT UPDATE(closed_at)
        api_key_uses: platform DELETE INSERT SELECT UPDATE, tenant SELECT
        api_keys: platform INSERT SELECT UPDATE(grace_until) UPDATE(last_used_at) UPDATE(revoked_at) UPDATE(revoked_by) UPDATE(rotated_to), tenant INSERT SELECT(allowed_addresses) SELECT(created_at) SELECT(created_by) SELECT(expires_at) SELECT(grace_until) SELECT(key_id) SELECT(last_used_at) SELECT(name) SELECT(revoked_at) SELECT(revoked_by) SELECT(rotated_to) SELECT(scopes) SELECT(tenant_id) UPDATE(grace_until) UPDATE(revoked_at) UPDATE(revoked_by) UPDATE(rotated_to)
        audit_entries: platform INSERT SELECT, tenant INSERT SELECT
        audit_heads: platform INSERT SELECT UPDATE(hash) UPDATE(sequence), tenant INSERT SELECT UPDATE(hash) UPDATE(sequence)
        budget_crossings: platform DELETE INSERT SELECT, tenant DELETE SELECT
        budgets: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        case_entries: platform INSERT SELECT, tenant INSERT SELECT
        case_looks: platform INSERT SELECT UPDATE, tenant SELECT
        cases: platform INSERT SELECT UPDATE, tenant SELECT UPDATE(assignee) UPDATE(closed_at) UPDATE(state) UPDATE(verdict)
        channels: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        content_periods: platform INSERT SELECT, tenant INSERT SELECT
        dashboards: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        data_protection_keys: platform DELETE INSERT SELECT UPDATE
        deliveries: platform DELETE INSERT SELECT UPDATE, tenant INSERT SELECT UPDATE
        hop_timings: platform DELETE INSERT SELECT, tenant SELECT
        invitations: platform DELETE INSERT SELECT UPDATE
        limit_checks: platform DELETE INSERT SELECT UPDATE, tenant SELECT
        limit_refusal_hours: platform DELETE INSERT SELECT UPDATE, tenant SELECT
        limit_refusals: platform DELETE INSERT SELECT, tenant SELECT
        limit_settlements: platform DELETE INSERT SELECT, tenant SELECT
        limit_versions: platform INSERT SELECT UPDATE, tenant INSERT SELECT UPDATE
        limits: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        member_logins: platform DELETE INSERT SELECT UPDATE
        member_passkeys: platform DELETE INSERT SELECT UPDATE
        member_sessions: platform DELETE INSERT SELECT UPDATE
        members: platform DELETE INSERT SELECT UPDATE
        memberships: platform DELETE INSERT SELECT UPDATE
        password_resets: platform DELETE INSERT SELECT UPDATE
        price_rows: platform INSERT SELECT UPDATE(retired_at)
        price_versions: platform INSERT SELECT UPDATE
        reprice_runs: platform INSERT SELECT UPDATE, tenant SELECT
        saved_views: platform DELETE INSERT SELECT UPDATE, tenant DELETE INSERT SELECT UPDATE
        tenants: platform INSERT SELECT UPDATE, tenant SELECT UPDATE(contact) UPDATE(content_days) UPDATE(contents_deleted_at) UPDATE(contents_since) UPDATE(currency) UPDATE(event_days) UPDATE(name) UPDATE(time_zone) UPDATE(usd_rate)
        usage_contents: platform DELETE INSERT SELECT, tenant DELETE SELECT
        usage_corrections: platform INSERT SELECT, tenant SELECT
        usage_events: platform DELETE INSERT SELECT UPDATE, tenant SELECT
        usage_keys: platform INSERT SELECT, tenant SELECT
        usage_reconciliations: platform INSERT SELECT UPDATE, tenant SELECT
        usage_rejections: platform DELETE INSERT SELECT, tenant SELECT
        usage_rollup_days: platform INSERT SELECT UPDATE, tenant SELECT
        usage_rollup_watermark: platform SELECT UPDATE, tenant SELECT
        usage_rollups: platform INSERT SELECT UPDATE, tenant SELECT
        """, await shared.App.ScalarAsync<string>($"""
        WITH granted AS (
          SELECT c.relname, g.grantee, g.privilege_type AS may FROM pg_class AS c, aclexplode(c.relacl) AS g WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          UNION ALL
          SELECT c.relname, g.grantee, g.privilege_type || '(' || a.attname || ')' FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid, aclexplode(a.attacl) AS g WHERE c.relnamespace = 'public'::regnamespace),
        lines AS (SELECT relname, replace(coalesce(nullif(grantee, 0)::regrole::text, 'everyone'), 'console_', '') || ' ' || string_agg(may, ' ' ORDER BY may) AS may
          FROM granted JOIN pg_class AS c USING (relname) WHERE grantee <> c.relowner GROUP BY relname, grantee)
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (SELECT relname || ': ' || string_agg(may, ', ' ORDER BY may) AS line FROM lines GROUP BY relname) AS l
        """));

    /// <summary>A table that forgets its walls is closed, not open.</summary>
    [Fact]
    public async Task Table_NewAndForgotten_IsClosedToBothRoles()
    {
        try
        {
            await shared.App.ExecuteAsync("CREATE TABLE forgotten (tenant_id text PRIMARY KEY)");
            Assert.False(await shared.App.ScalarAsync<bool>("SELECT has_table_privilege('console_platform', 'forgotten', 'SELECT, INSERT, UPDATE, DELETE') OR has_table_privilege('console_tenant', 'forgotten', 'SELECT, INSERT, UPDATE, DELETE')"));
        }
        finally
        {
            await shared.App.ExecuteAsync("DROP TABLE forgotten");
        }
    }

    private async Task NoneAsync(string sql)
    {
        var wrong = await shared.App.ScalarAsync<string>($"SELECT coalesce(string_agg(wrong, E'\n'), '') FROM ({sql}) AS w(wrong)");
        Assert.True(wrong.Length == 0, wrong);
    }
}
