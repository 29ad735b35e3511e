using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;

namespace Billing.Service.Station;

/// <summary>The files beside the pages, out of the program itself: wherever it runs they are there. Their address changes with their content.</summary>
internal static class StationFiles
{
    private static readonly Dictionary<string, Asset> All = new[] { Read("station.css", "text/css; charset=utf-8"), Read("station.svg", "image/svg+xml") }
        .ToDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>Where a file is to be had.</summary>
    public static string Path(string name) => $"{Configuration.Root}/assets/{name}?v={All[name].Version}";

    public static void Map(WebApplication app) => app.MapGet(Configuration.Root + "/assets/{name}", [AllowAnonymous] (string name, HttpContext http) =>
    {
        if (!All.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.Type);
    });

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(StationFiles).Assembly.GetManifestResourceStream($"station/{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(name, type, content, Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
    }

    private sealed record Asset(string Name, string Type, byte[] Content, string Version);
}
