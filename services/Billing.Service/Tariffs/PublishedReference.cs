using Billing.Contracts.Documents;
using Billing.Contracts.Events;

namespace Billing.Service.Tariffs;

/// <summary>The reference data as its events tell it: the document published last.</summary>
public sealed class PublishedReference
{
    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>The reference in force; null while none was published and the built-in one counts.</summary>
    public ReferenceDocument? Document { get; private set; }

    public void Apply(ReferencePublished published) => Document = published.Reference;

    /// <summary>The state after one more event of the stream.</summary>
    /// <exception cref="InvalidDataException">The event is not one of the reference.</exception>
    public PublishedReference Take(object happened)
    {
        Apply(happened as ReferencePublished ?? throw new InvalidDataException($"{happened.GetType().Name} is no event of the reference."));
        Version++;
        return this;
    }
}
