using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>Connection strings as people may see them.</summary>
public static class DatabaseAddress
{
    public static bool IsValid(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).Host is { Length: > 0 };
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>The connection string with every password hidden.</summary>
    public static string WithoutSecrets(string connection)
    {
        if (!IsValid(connection))
        {
            return "(not a connection string)";
        }

        var builder = new NpgsqlConnectionStringBuilder(connection);
        foreach (var key in builder.Keys.Where(key => key.Contains("password", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            builder[key] = "***";
        }

        return builder.ConnectionString;
    }

    /// <summary>Host, port and database in one short phrase for messages.</summary>
    public static string Describe(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        return $"{builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
    }
}
