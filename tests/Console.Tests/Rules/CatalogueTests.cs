using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Tests.Rules;

/// <summary>Tables that can be distributed by tenant without a redesign, read from PostgreSQL's own catalogue.</summary>
public sealed class CatalogueTests(SharedApp shared) : IClassFixture<SharedApp>
{
    /// <summary>
    /// A person is nobody's: a member may belong to several tenants or to none but the platform, and is looked up before any tenant is known. What a member is in a tenant
    /// (memberships, invitations) does start with it. The keys that seal cookies are the platform's.
    /// </summary>
    private const string Persons = "'members', 'member_logins', 'member_passkeys', 'member_sessions', 'password_resets', 'data_protection_keys'";

    /// <summary>Tables of the platform itself, of which there is one for all tenants.</summary>
    private const string OwnTables = $"c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'qrtz\\_%' AND c.relname NOT IN ('__EFMigrationsHistory', 'usage_rollup_watermark', {Persons})";

    [Fact]
    public async Task Model_HasNoChangeWithoutAMigration()
    {
        await using var db = shared.App.Get<Contexts>().CreateForPlatform();
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Key_EveryUniqueOne_StartsWithTheTenant() => await NoneAsync($"""
        SELECT c.relname || ': ' || i.indexrelid::regclass FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
        LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND a.attname IS DISTINCT FROM 'tenant_id' AND {OwnTables}
        """);

    [Fact]
    public async Task Table_EveryOne_HasAPrimaryKeyAndATenantThatIsNeverNull() => await NoneAsync($"""
        SELECT c.relname FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND {OwnTables}
          AND (NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
            OR NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull))
        """);

    [Fact]
    public async Task Column_NoneIsAnIdentityOrASerial() => await NoneAsync($"""
        SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p') AND {OwnTables} AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%')
        """);

    [Fact]
    public async Task Trigger_ThereIsNone() => await NoneAsync($"SELECT t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND {OwnTables}");

    [Fact]
    public async Task ForeignKey_NeverSetsNull_AndStartsWithTheTenant() => await NoneAsync($"""
        SELECT k.conname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
        LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND (k.confdeltype = 'n' OR a.attname IS DISTINCT FROM 'tenant_id') AND {OwnTables}
        """);

    [Fact]
    public async Task Time_AlwaysKnowsItsZone() => await NoneAsync($"""
        SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relkind IN ('r', 'p') AND {OwnTables} AND a.atttypid = 'timestamp'::regtype
        """);

    private async Task NoneAsync(string sql) => Assert.Equal("", await shared.App.ScalarAsync<string>($"SELECT coalesce(string_agg(wrong, ', '), '') FROM ({sql}) AS w(wrong)"));
}
