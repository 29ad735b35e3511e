using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Evidence;

/// <summary>A billed world that stays as it was made; what is changed behind the service's back is changed in copies of it.</summary>
public abstract class UntouchedWorld : IAsyncLifetime
{
    private BilledWorld _world = null!;

    public async Task InitializeAsync() => _world = await MakeAsync();

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    /// <summary>A copy of it.</summary>
    public Task<BilledWorld> CopyAsync() => _world.CopyAsync();

    /// <summary>A copy in which that statement has changed a row.</summary>
    /// <param name="most">How many rows it may change.</param>
    public async Task<BilledWorld> TamperedAsync(string tampering, int most = 1)
    {
        var world = await CopyAsync();
        (await world.Database.ExecuteAsync(tampering)).ShouldBeInRange(1, most);
        return world;
    }

    protected abstract Task<BilledWorld> MakeAsync();
}
