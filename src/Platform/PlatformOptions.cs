namespace AgentConsole.Platform;

[Flags]
public enum Roles { None = 0, Console = 1, Gateway = 2, Jobs = 4, All = Console | Gateway | Jobs }

/// <summary>What every feature rests on.</summary>
public sealed record PlatformOptions
{
    /// <summary><c>ConnectionStrings__Console</c>: PostgreSQL 15 or newer; absent: the embedded one.</summary>
    public string? Database { get; init; }
    /// <summary><c>ConnectionStrings__Redis</c>: state shared by several nodes; absent: in-process.</summary>
    public string? Redis { get; init; }
    /// <summary><c>Data__Directory</c>: where the embedded PostgreSQL lives; default <c>data</c> in the content root.</summary>
    public required string DataDirectory { get; init; }
    /// <summary><c>Data__Binaries</c>: PostgreSQL's programs for the embedded server; default: those restored by the build.</summary>
    public string? DatabaseBinaries { get; init; }
    /// <summary><c>Roles</c>: any of Console, Gateway, Jobs; default all.</summary>
    public Roles Roles { get; init; } = Roles.All;
    /// <summary>Migrations are applied at the start: in Development, and by the <c>migrate</c> command.</summary>
    public bool MigrateAtStart { get; init; }

    public static PlatformOptions Read(Settings settings)
    {
        CheckUrls(settings);
        return new()
        {
            Database = Checked(settings, "ConnectionStrings:Console", static text => new Npgsql.NpgsqlConnectionStringBuilder(text)),
            Redis = Checked(settings, "ConnectionStrings:Redis", static text => StackExchange.Redis.ConfigurationOptions.Parse(text)),
            DataDirectory = Path.GetFullPath(settings.Text("Data:Directory") ?? "data", settings.ContentRoot),
            DatabaseBinaries = settings.Text("Data:Binaries"),
            Roles = ReadRoles(settings),
            MigrateAtStart = settings.IsDevelopment,
        };
    }

    private static Roles ReadRoles(Settings settings)
    {
        if (settings.Text("Roles") is not { } text) return Roles.All;
        var roles = Roles.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.TryParse<Roles>(name, ignoreCase: true, out var role) && role is Roles.Console or Roles.Gateway or Roles.Jobs) roles |= role;
            else settings.Fail("Roles", $"\"{name}\" is not one of Console, Gateway, Jobs");
        }
        return roles;
    }

    /// <summary>The text itself is never in the error: it may hold a password.</summary>
    private static string? Checked(Settings settings, string key, Func<string, object> parse)
    {
        if (settings.Text(key) is not { } text) return null;
        try
        {
            parse(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            settings.Fail(key, "is not a valid connection string");
        }
        return text;
    }

    private static void CheckUrls(Settings settings)
    {
        foreach (var url in (settings.Text("Urls") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var valid = false;
            try
            {
                valid = BindingAddress.Parse(url).Scheme is "http" or "https";
            }
            catch (FormatException)
            {
            }
            if (!valid) settings.Fail("Urls", $"\"{url}\" is not an address such as http://localhost:5080");
        }
    }
}
