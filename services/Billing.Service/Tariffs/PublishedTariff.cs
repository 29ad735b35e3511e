using Billing.Contracts.Documents;
using Billing.Contracts.Events;

namespace Billing.Service.Tariffs;

/// <summary>A tariff as its events tell it: the versions that stand.</summary>
public sealed class PublishedTariff
{
    private readonly List<TariffDocument> _versions = [];

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>The versions in the order in which they were first published.</summary>
    public IReadOnlyList<TariffDocument> Versions => _versions;

    public void Apply(TariffVersionPublished published)
    {
        var place = _versions.FindIndex(version => version.Version == published.Tariff.Version);
        if (place < 0)
        {
            _versions.Add(published.Tariff);
        }
        else
        {
            _versions[place] = published.Tariff;
        }
    }

    public void Apply(TariffVersionWithdrawn withdrawn) => _versions.RemoveAll(version => version.Version == withdrawn.Version);

    /// <summary>The state after one more event of the stream.</summary>
    /// <exception cref="InvalidDataException">The event is not one of a tariff.</exception>
    public PublishedTariff Take(object happened)
    {
        switch (happened)
        {
            case TariffVersionPublished e: Apply(e); break;
            case TariffVersionWithdrawn e: Apply(e); break;
            default: throw new InvalidDataException($"{happened.GetType().Name} is no event of a tariff.");
        }

        Version++;
        return this;
    }
}
