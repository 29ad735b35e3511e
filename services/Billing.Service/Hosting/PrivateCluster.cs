using System.Globalization;

namespace Billing.Service.Hosting;

/// <summary>The private database that <c>deploy/postgres.sh</c> keeps under <c>.local/postgres</c> of a checkout.</summary>
internal static class PrivateCluster
{
    /// <summary>Its connection string, if this program or the working folder lies in a checkout that has one.</summary>
    public static Setting? Find()
    {
        var definition = SettingDefinition.All.Single(x => x.Name == "db");
        foreach (var start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var state = Path.Combine(folder.FullName, ".local", "postgres", "main");
                if (Read(state) is { } connection)
                {
                    return new(definition, connection, $"private cluster {state}");
                }
            }
        }

        return null;
    }

    private static string? Read(string state)
    {
        try
        {
            var port = int.Parse(File.ReadAllText(Path.Combine(state, "port")).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
            var password = File.ReadAllText(Path.Combine(state, "password")).Trim();
            return $"Host=127.0.0.1;Port={port.ToString(CultureInfo.InvariantCulture)};Username=billing;Password={password};Database=billing";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
