using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Platform.Data;

/// <summary>
/// The second wall between tenants, in PostgreSQL itself: two roles that own nothing and a policy on every table. Beside the filters of the queries, not in their place:
/// each keeps foreign rows out alone. See <c>docs/decisions/isolation.md</c>.
/// </summary>
public static class Isolation
{
    /// <summary>Sees every row: staff, jobs, ingestion.</summary>
    public const string PlatformRole = "console_platform";

    /// <summary>Sees the rows of the tenants that its transaction names.</summary>
    public const string TenantRole = "console_tenant";

    /// <summary>The setting that names them, as a text[] literal, until the transaction ends.</summary>
    private const string Setting = "console.tenants";

    /// <summary>Read once a statement, so that it is the condition of an index; absent or empty it is null, which no row equals.</summary>
    private const string Seen = $"tenant_id = ANY ((SELECT nullif(current_setting('{Setting}', true), '')::text[])::text[])";

    /// <summary>Makes the roles and lets the login that migrates take them on. They belong to the whole server, so another database may be making them at this very moment.</summary>
    public static void MakeRoles(this MigrationBuilder migration)
    {
        foreach (var role in new[] { PlatformRole, TenantRole }) migration.Sql($"""
            DO $$
            BEGIN
              FOR attempt IN 1..5 LOOP
                BEGIN
                  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
                  IF current_setting('server_version_num')::int < 160000 THEN
                    IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN GRANT {role} TO CURRENT_USER; END IF;
                  ELSIF NOT pg_has_role(current_user, '{role}', 'SET') THEN
                    EXECUTE 'GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';
                  END IF;
                  RETURN;
                EXCEPTION
                  WHEN duplicate_object OR unique_violation OR internal_error THEN
                    IF attempt = 5 THEN RAISE; END IF;
                  WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'The login % may not make the role {role} or take it on. Let an administrator run: CREATE ROLE {role} NOLOGIN; GRANT {role} TO %;', current_user, quote_ident(current_user)
                      USING ERRCODE = 'insufficient_privilege';
                END;
              END LOOP;
            END $$;
            """);
    }

    /// <summary>Closes a table, its partitions with it, and opens it again to the rows of a reach. Nobody is given the partitions themselves: they are reached through their table.</summary>
    /// <param name="platform">What the platform's role may do, such as <c>SELECT, INSERT</c>.</param>
    /// <param name="tenant">Likewise the role of work within tenants; null: nothing.</param>
    public static void Isolate(this MigrationBuilder migration, string table, string platform, string? tenant)
    {
        migration.Sql($"""
            DO $$
            DECLARE part regclass;
            BEGIN
              FOR part IN SELECT '{table}'::regclass UNION SELECT relid FROM pg_partition_tree('{table}') LOOP
                EXECUTE format('{Close("%1$s")}', part);
              END LOOP;
            END $$;
            CREATE POLICY reach_platform ON {table} TO {PlatformRole} USING (true);
            CREATE POLICY reach_tenant ON {table} TO {TenantRole} USING ({Seen});
            GRANT {platform} ON {table} TO {PlatformRole};
            """);
        if (tenant is not null) migration.Sql($"GRANT {tenant} ON {table} TO {TenantRole};");
    }

    /// <summary>Takes back what <see cref="Isolate"/> did. The roles stay: other databases may use them.</summary>
    public static void Unisolate(this MigrationBuilder migration, string table) => migration.Sql($"""
        REVOKE ALL ON {table} FROM {PlatformRole}, {TenantRole};
        DROP POLICY reach_platform ON {table};
        DROP POLICY reach_tenant ON {table};
        DO $$
        DECLARE part regclass;
        BEGIN
          FOR part IN SELECT '{table}'::regclass UNION SELECT relid FROM pg_partition_tree('{table}') LOOP
            EXECUTE format('ALTER TABLE %1$s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', part);
          END LOOP;
        END $$;
        """);

    /// <summary>Nobody sees a row of it, its owner included, until a policy says otherwise.</summary>
    internal static string Close(string table) => $"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY";

    /// <summary>What makes a transaction see the rows of a reach.</summary>
    internal static NpgsqlBatchCommand Enter(Reach reach) => new($"SELECT set_config('{Setting}', $1::text, true)")
    {
        Parameters = { new() { Value = reach.Tenants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
    };

    /// <summary>
    /// Every connection of the pool has the role from its first moment. It is not reset between its users, as that would give it back to the login; there is nothing to reset,
    /// for all that is set is set in a transaction. A proxy that drops the option is found out before the connection is used.
    /// </summary>
    internal static void Assume(string role, NpgsqlDataSourceBuilder builder)
    {
        var settings = builder.ConnectionStringBuilder;
        settings.Options = $"{settings.Options} -c role={role}";
        settings.NoResetOnClose = true;
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand("SELECT current_user::text", connection);
                Check(role, command.ExecuteScalar());
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand("SELECT current_user::text", connection);
                Check(role, await command.ExecuteScalarAsync());
            });
    }

    private static void Check(string role, object? actual)
    {
        if (!role.Equals(actual)) throw new InvalidOperationException($"The store gave a connection as {actual} where {role} was asked for: something between the app and PostgreSQL drops the option \"role\".");
    }
}
