using System.Xml.Linq;
using Marten;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Billing.Service.Access;

/// <summary>A key that sessions and form tokens are enciphered with.</summary>
public sealed class DataProtectionKey
{
    public string Id { get; set; } = "";

    public string Xml { get; set; } = "";
}

/// <summary>Keeps those keys in the database, so that every node and every start knows them.</summary>
internal sealed class DataProtectionKeys(IDocumentStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => Wait(async () =>
    {
        await using var session = store.QuerySession();
        var keys = await session.Query<DataProtectionKey>().ToListAsync();
        return keys.Select(key => XElement.Parse(key.Xml)).ToList();
    });

    public void StoreElement(XElement element, string friendlyName) => Wait(async () =>
    {
        await using var session = store.LightweightSession();
        session.Store(new DataProtectionKey { Id = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        await session.SaveChangesAsync();
        return true;
    });

    // the framework asks synchronously, a few times in the life of a process; the store answers asynchronously
    private static T Wait<T>(Func<Task<T>> ask) => Task.Run(ask).GetAwaiter().GetResult();
}
