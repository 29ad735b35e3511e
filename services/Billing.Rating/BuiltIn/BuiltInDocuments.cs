namespace Billing.Rating.BuiltIn;

/// <summary>Documents that come with the program; <c>README.md</c> beside them names the source and date of each figure.</summary>
public static class BuiltInDocuments
{
    /// <summary>Number blocks, carriers and prefixes: <c>reference.json</c>.</summary>
    public static byte[] Reference => Read("reference.json");

    /// <summary>A labelled sample tariff; no published price list of the service is known.</summary>
    public static byte[] SampleTariff => Read("sample-tariff.json");

    private static byte[] Read(string name)
    {
        using var stream = typeof(BuiltInDocuments).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The built-in document {name} is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
