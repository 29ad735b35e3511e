using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;
using Npgsql;

namespace Billing.Faults.Tests;

/// <summary>The database user needs the right to make schemas when the schema is applied, and afterwards not even that.</summary>
[Collection(OwnServer.Name)]
[Trait("Category", "Faults")]
public sealed class LeastRightsTests(PrivateServer server) : IDisposable
{
    private const string User = "billing_least";
    private const string Password = "only-for-this-test";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_month_is_billed_by_a_user_who_may_do_nothing_else()
    {
        MadeUp.WriteDelivery(_folder.At("calls.csv"), 2_000, seed: 16);
        await using var database = await server.Databases.CreateEmptyAsync();
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await server.AsSuperuserAsync(
            $"""
            drop role if exists {User};
            create role {User} login nosuperuser nocreatedb nocreaterole noreplication password '{Password}';
            revoke all on database {name} from public;
            grant connect, create on database {name} to {User}
            """);
        try
        {
            await using var least = new FaultDatabase(server.Databases, name!, User, Password);
            await least.DoneAsync("db-apply");
            await server.AsSuperuserAsync($"revoke create on database {name} from {User}");
            await least.PrepareAsync();
            await least.DoneAsync("ingest", _folder.At("calls.csv"), "--production");
            var issuer = _folder.Write("settings.json", """{ "issuer-name": "例通信株式会社", "issuer-number": "T1234567890123" }"""u8.ToArray());
            await least.DoneAsync("invoices", "issue", "--month", "2026-10", "--production", "--config", issuer);
            await least.DoneAsync("projections", "rebuild");
            await least.DoneAsync("db-assert");
            await least.ShouldBeSoundAsync();
            (await least.CountAsync("select count(*) from billing.invoices")).ShouldBe(MadeUp.Contracts);
            (await least.CountAsync("select count(*) from pg_roles where rolname = current_user and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)")).ShouldBe(0);
        }
        finally
        {
            await database.DropAsync();
            await server.AsSuperuserAsync($"drop role {User}");
        }
    }
}
