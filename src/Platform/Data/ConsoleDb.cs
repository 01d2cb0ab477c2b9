using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace AgentConsole.Platform.Data;

/// <summary>The store. Entities and their mapping live in the features; names are snake_case throughout.</summary>
public sealed class ConsoleDb(DbContextOptions<ConsoleDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConsoleDb).Assembly);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
            NameProperties(entity);
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
