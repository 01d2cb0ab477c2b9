using Npgsql;

namespace AgentConsole.Usage.Rollups;

/// <summary>How PostgreSQL adds up counts: as floating point, which is exact below 2^53 and the cheaper the more groups there are (a third less time for models by hour), or as whole numbers of any size.</summary>
internal enum Counting { Floating, Whole }

internal static class Countings
{
    private const double ExactBelow = 1L << 53;

    public static string Sum(this Counting counting, string column) => counting == Counting.Floating ? $"sum(r.{column}::float8)" : $"sum(r.{column})::bigint";

    /// <summary>False when the sum is too large to be exact.</summary>
    public static bool TryRead(this Counting counting, NpgsqlDataReader reader, int ordinal, out long count)
    {
        if (counting == Counting.Whole)
        {
            count = reader.GetInt64(ordinal);
            return true;
        }
        var sum = reader.GetDouble(ordinal);
        count = sum < ExactBelow ? (long)sum : 0;
        return sum < ExactBelow;
    }
}
