namespace Billing.Faults.Tests.Running;

/// <summary>Tests that do to a server what others must not feel: one after the other, on a cluster of their own.</summary>
[CollectionDefinition(Name)]
public sealed class OwnServer : ICollectionFixture<PrivateServer>
{
    public const string Name = "private server";
}
