using Billing.Contracts.Documents;
using Billing.Service.Tests.Knowledge;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Subscriptions;

/// <summary><c>billing contracts</c> on the command line.</summary>
public sealed class ContractsCommandTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Contracts_are_imported_but_for_those_that_break_a_rule_and_the_code_says_so()
    {
        using var billing = new BillingCommand(fixture);
        var (good, abroad) = (WMode, Biz);
        var file = billing.File(new ContractsDocument { Contracts = [good, abroad.Of(abroad.Customer with { Country = "US" })] });

        var imported = await billing.Run("contracts", "import", file);
        imported.Code.ShouldBe(2, imported.Error);
        imported.Output.ShouldContain($"{abroad.Id}: refused by R1: ");
        imported.Output.ShouldContain("1 imported, 0 unchanged, 1 refused");
        imported.Error.ShouldBeEmpty();

        var again = await billing.Run("contracts", "import", file, "--json");
        again.Code.ShouldBe(2);
        again.Json.GetProperty("unchanged").GetInt32().ShouldBe(1);
        again.Json.GetProperty("contracts")[1].GetProperty("refusal").GetProperty("rule").GetString().ShouldBe("R1");

        (await billing.Run("contracts", "import", billing.File(new ContractsDocument { Contracts = [good] }))).Code.ShouldBe(0);
        (await billing.Run("contracts", "list")).Output.ShouldContain(good.Id);
    }

    [Fact]
    public async Task A_contract_is_shown_as_a_document_that_can_be_imported_again()
    {
        using var billing = new BillingCommand(fixture);
        var contract = WMode with { UsageLimits = [Limit(1_000_000)], Options = [Phonebook(30)] };
        (await billing.Run("contracts", "import", billing.File(new ContractsDocument { Contracts = [contract] }))).Code.ShouldBe(0);

        var shown = await billing.Run("contracts", "show", contract.Id, "--json");
        (await billing.Run("contracts", "import", billing.Text(shown.Output))).Output.ShouldContain("0 imported, 1 unchanged, 0 refused");
        (await billing.Run("contracts", "show", contract.Id)).Output.ShouldContain($"{contract.Numbers[0].Number} = {contract.Numbers[0].MobileNumber}");

        var before = await billing.Run("contracts", "show", contract.Id, "--as-of", "2020-01-01");
        before.Code.ShouldBe(2);
        before.Error.ShouldContain(contract.Id);
    }

    [Theory]
    [InlineData("""{"contracts":[{"id":"C-1"}]}""", "$.contracts[0]: missing required member")]
    [InlineData("""{"contracts":[{"id":"C-1","service":"biz","customer":{"name":"x"},"openedOn":"2026-04-01","numbers":[],"pausedOn":"2026-05-01"}]}""", "$.contracts[0].pausedOn: unknown member")]
    public async Task A_file_that_is_no_contracts_document_is_refused_with_the_path(string text, string expected)
    {
        using var billing = new BillingCommand(fixture);
        var file = billing.Text(text);
        var refused = await billing.Run("contracts", "import", file);
        refused.Code.ShouldBe(2);
        refused.Output.ShouldBeEmpty();
        refused.Error.ShouldStartWith($"billing: {file}: {expected}");
        refused.Error.TrimEnd().ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error_of_one_line()
    {
        using var billing = new BillingCommand(fixture);
        var missing = await billing.Run("contracts", "import", "missing.json");
        missing.Code.ShouldBe(1);
        missing.Error.ShouldContain("missing.json");
        missing.Error.TrimEnd().ShouldNotContain('\n');
    }
}
