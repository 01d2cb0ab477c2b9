using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace AgentConsole.Platform.Data;

/// <summary>The store, as far as a reach sees it. Entities and their mapping live in the features; names are snake_case throughout. Made by <see cref="Contexts"/>.</summary>
public sealed class ConsoleDb(DbContextOptions<ConsoleDb> options) : DbContext(options)
{
    private const string TenantId = nameof(TenantId);

    private readonly Session? _session;

    /// <summary>In the transaction of a session, which ends with the context.</summary>
    internal ConsoleDb(DbContextOptions<ConsoleDb> options, Reach reach, Session session) : this(options)
    {
        (Reach, _session) = (reach, session);
        Database.SetDbConnection(session.Connection);
        Database.UseTransaction(session.Transaction);
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>Whose rows it sees; unless said otherwise, nobody's.</summary>
    public Reach Reach { get; internal init; } = Reach.None;

    /// <summary>Keeps what was saved in a context that <see cref="Contexts.BeginAsync"/> gave.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) =>
        _session?.CommitAsync(cancellationToken) ?? throw new InvalidOperationException("The context has no transaction of its own.");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_session is not null) await _session.DisposeAsync();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConsoleDb).Assembly);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            NameProperties(entity);
            if (entity.FindProperty(TenantId) is not null) modelBuilder.Entity(entity.ClrType).HasQueryFilter(Seen(entity.ClrType));
        }
    }

    /// <summary><c>row => Reach.IsPlatform || Reach.Tenants.Contains(row.TenantId)</c>, of the context that asks and not of the one that made the model.</summary>
    private LambdaExpression Seen(Type type)
    {
        var row = Expression.Parameter(type, "row");
        Expression<Func<string, bool>> isSeen = tenant => Reach.IsPlatform || Reach.Tenants.Contains(tenant);
        var body = new Replace(isSeen.Parameters[0], Expression.Property(row, TenantId)).Visit(isSeen.Body);
        return Expression.Lambda(body, row);
    }

    private sealed class Replace(ParameterExpression parameter, Expression value) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? value : base.VisitParameter(node);
    }

    private static void NameProperties(IMutableTypeBase type)
    {
        foreach (var property in type.GetProperties())
        {
            if (property.FindAnnotation(RelationalAnnotationNames.ColumnName) is null) property.SetColumnName(SnakeCase(property.Name));
        }
        foreach (var complex in type.GetComplexProperties())
            NameProperties(complex.ComplexType);
    }

    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var index = 0; index < name.Length; index++)
        {
            if (index > 0 && char.IsUpper(name[index])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[index]));
        }
        return text.ToString();
    }
}
