using Marten;

namespace Billing.Service.Access;

/// <summary>A database without accounts gets one operator, or nobody could let anybody in.</summary>
internal static class FirstOperator
{
    public const string Name = "operator";

    /// <summary>The password to be shown this once; null when there are accounts.</summary>
    public static async Task<string?> CreateAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        await using var session = scope.ServiceProvider.GetRequiredService<IDocumentStore>().QuerySession();
        if (await session.Query<Account>().AnyAsync(cancellation))
        {
            return null;
        }

        // of several servers that start at once one creates it, the others are refused
        var made = await scope.ServiceProvider.GetRequiredService<KeepAccounts>().CreateAsync(Name, [Roles.Operator], [], [], null, "first start", cancellation);
        return made.Password;
    }
}
