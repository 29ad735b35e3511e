using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Rating.Tests;

/// <summary>The form of the documents: unknown and missing members are refused with their path; money is exact.</summary>
public sealed class DocumentFormTests
{
    private const string Contracts = """
        { "contracts": [ { "id": "C-1", "service": "w-mode", "customer": { "name": "株式会社サンプル" }, "openedOn": "2026-04-01",
          "numbers": [ { "number": "05033000001", "mobileNumber": "09012345678", "from": "2026-04-01" } ],
          "usageLimits": [ { "amount": "1000000", "from": "2026-04-01" } ],
          "options": [ { "code": "web-phonebook", "quantity": 30, "from": "2026-05-01", "to": null } ],
          "billingStation": { "from": "2026-04-01" } } ] }
        """;

    private const string Tariffs = """
        { "tariffs": [ { "id": "standard", "version": "1", "from": "2026-04-01", "proration": "daily", "monthly": { "biz": { "base": "300" } },
          "statutory": [ { "code": "universal-service", "from": "2026-01", "amount": "2" } ],
          "plans": { "a": { "steps": [ { "fromSeconds": 0, "price": "8", "unitSeconds": 180, "incrementSeconds": 180 } ] },
                     "b": { "periods": [ { "days": ["mon","tue","wed","thu","fri","sat","sun"], "from": "00:00",
                            "steps": [ { "fromSeconds": 0, "price": 10.4, "unitSeconds": 60, "incrementSeconds": 60 } ] } ],
                            "rounding": { "method": "half-up", "decimals": 4 } } },
          "prices": [ { "class": "fixed", "plan": "a" } ], "taxRates": [ { "from": "2019-10-01", "standard": "0.10" } ] } ] }
        """;

    private const string Reference = """
        { "homeCarrier": "ntt-com", "relations": [ { "carrier": "ntt-com", "relation": "own" } ],
          "blocks050": [ { "first": "3300", "last": "3862", "carrier": "ntt-com" } ],
          "serviceNumberBlocks": [ { "service": "0120", "first": "000", "last": "900", "carrier": "ntt-com" } ] }
        """;

    [Theory]
    [InlineData("\"contracts\": [", "\"contracts\": [ null, ")]
    [InlineData("\"quantity\": 30, \"from\": \"2026-05-01\", \"to\": null } ]", "\"quantity\": 30, \"from\": \"2026-05-01\" }, null ]")]
    public void A_list_holds_no_null(string part, string wrong)
    {
        Contracts.ShouldContain(part);
        var fault = Fault<ContractsDocument>(Contracts.Replace(part, wrong, StringComparison.Ordinal)).ShouldNotBeNull();
        fault.Reason.ShouldBe("missing: null is not allowed here");
        fault.Path.ShouldMatch(@"^\$\.contracts.*\[\d+\]$");
    }

    [Fact]
    public void What_is_no_date_or_nothing_at_all_is_said_in_plain_words()
    {
        var fault = Fault<ContractsDocument>(Contracts.Replace("\"openedOn\": \"2026-04-01\"", "\"openedOn\": \"2026/04/01\"", StringComparison.Ordinal));
        fault.ShouldBe(new DocumentFault("$.contracts[0].openedOn", "a date YYYY-MM-DD is expected"));
        Fault<ContractsDocument>(" \n").ShouldBe(new DocumentFault("$", "the document is empty"));
    }

    [Fact]
    public void The_examples_are_read()
    {
        Fault<ContractsDocument>(Contracts).ShouldBeNull();
        Fault<TariffsDocument>(Tariffs).ShouldBeNull();
        Fault<ReferenceDocument>(Reference).ShouldBeNull();
    }

    [Theory]
    [InlineData("contracts")]
    [InlineData("contracts.0.id")]
    [InlineData("contracts.0.service")]
    [InlineData("contracts.0.customer")]
    [InlineData("contracts.0.customer.name")]
    [InlineData("contracts.0.openedOn")]
    [InlineData("contracts.0.numbers")]
    [InlineData("contracts.0.numbers.0.number")]
    [InlineData("contracts.0.numbers.0.from")]
    [InlineData("contracts.0.usageLimits.0.from")]
    [InlineData("contracts.0.options.0.from")]
    [InlineData("contracts.0.billingStation.from")]
    public void A_required_member_of_contracts_is_missed(string member) => ShouldMiss<ContractsDocument>(Contracts, member);

    [Theory]
    [InlineData("tariffs.0.id")]
    [InlineData("tariffs.0.version")]
    [InlineData("tariffs.0.from")]
    [InlineData("tariffs.0.proration")]
    [InlineData("tariffs.0.monthly")]
    [InlineData("tariffs.0.plans")]
    [InlineData("tariffs.0.prices")]
    [InlineData("tariffs.0.taxRates")]
    [InlineData("tariffs.0.plans.a.steps.0.fromSeconds")]
    [InlineData("tariffs.0.plans.a.steps.0.price")]
    [InlineData("tariffs.0.plans.a.steps.0.unitSeconds")]
    [InlineData("tariffs.0.plans.a.steps.0.incrementSeconds")]
    [InlineData("tariffs.0.plans.b.periods.0.days")]
    [InlineData("tariffs.0.plans.b.periods.0.from")]
    [InlineData("tariffs.0.plans.b.periods.0.steps")]
    [InlineData("tariffs.0.plans.b.rounding.method")]
    [InlineData("tariffs.0.plans.b.rounding.decimals")]
    [InlineData("tariffs.0.prices.0.class")]
    [InlineData("tariffs.0.prices.0.plan")]
    public void A_required_member_of_a_tariff_is_missed(string member) => ShouldMiss<TariffsDocument>(Tariffs, member);

    [Theory]
    [InlineData("homeCarrier")]
    [InlineData("relations")]
    [InlineData("blocks050")]
    [InlineData("serviceNumberBlocks")]
    public void A_required_member_of_the_reference_is_missed(string member) => ShouldMiss<ReferenceDocument>(Reference, member);

    [Theory]
    [InlineData("", "$")]
    [InlineData("contracts.0", "$.contracts[0]")]
    [InlineData("contracts.0.customer", "$.contracts[0].customer")]
    [InlineData("contracts.0.numbers.0", "$.contracts[0].numbers[0]")]
    [InlineData("contracts.0.usageLimits.0", "$.contracts[0].usageLimits[0]")]
    [InlineData("contracts.0.options.0", "$.contracts[0].options[0]")]
    [InlineData("contracts.0.billingStation", "$.contracts[0].billingStation")]
    public void An_unknown_member_is_refused_with_its_path(string where, string path)
    {
        var root = JsonNode.Parse(Contracts)!;
        Find(root, where).AsObject().Add("colour", 1);

        var fault = Fault<ContractsDocument>(root.ToJsonString()).ShouldNotBeNull();

        fault.Path.ShouldStartWith(path);
        fault.Reason.ShouldContain("colour");
    }

    [Fact]
    public void Member_names_count_case() => Fault<ReferenceDocument>(Reference.Replace("homeCarrier", "HomeCarrier", StringComparison.Ordinal)).ShouldNotBeNull();

    [Theory]
    [InlineData("\"10.4\"", "10.4")]
    [InlineData("10.4", "10.4")]
    [InlineData("10.40", "10.4")]
    [InlineData("\"0\"", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("\"1e3\"", null)]
    [InlineData("\"1,000\"", null)]
    [InlineData("\" 1\"", null)]
    [InlineData("\"+1\"", null)]
    [InlineData("\"1.\"", null)]
    [InlineData("\".5\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"¥1\"", null)]
    [InlineData("true", null)]
    [InlineData("\"１\"", null)]
    public void Money_is_a_string_or_number_of_decimal_yen(string json, string? expected)
    {
        var (document, fault) = Read<TariffsDocument>(Tariffs.Replace("\"300\"", json, StringComparison.Ordinal));

        document?.Tariffs[0].Monthly.Biz?.Base.ToString().ShouldBe(expected);
        (fault?.Path).ShouldBe(expected is null ? "$.tariffs[0].monthly.biz.base" : null);
    }

    [Theory]
    [InlineData("\"2026-04-31\"")]
    [InlineData("\"2026-4-1\"")]
    [InlineData("\"2026-04-01T00:00:00Z\"")]
    [InlineData("20260401")]
    [InlineData("null")]
    public void A_date_is_a_date(string json) =>
        Fault<ContractsDocument>(Contracts.Replace("\"openedOn\": \"2026-04-01\"", $"\"openedOn\": {json}", StringComparison.Ordinal)).ShouldNotBeNull().Path.ShouldBe("$.contracts[0].openedOn");

    [Theory]
    [InlineData("W-MODE")]
    [InlineData("wMode")]
    [InlineData("1")]
    [InlineData("")]
    public void A_service_is_biz_or_w_mode_as_written(string service) =>
        Fault<ContractsDocument>(Contracts.Replace("w-mode", service, StringComparison.Ordinal)).ShouldNotBeNull().Path.ShouldBe("$.contracts[0].service");

    [Fact]
    public void Null_stands_for_an_absent_optional_member()
    {
        var nulls = Contracts.Replace("\"openedOn\"", "\"terminatedOn\": null, \"openedOn\"", StringComparison.Ordinal);

        var (document, fault) = Read<ContractsDocument>(nulls);

        fault.ShouldBeNull();
        document!.Contracts[0].TerminatedOn.ShouldBeNull();
        document.Contracts[0].Options![0].To.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("text")]
    public void What_is_no_document_is_refused(string text) => Fault<ContractsDocument>(text).ShouldNotBeNull().Path.ShouldBe("$");

    [Fact]
    public void A_byte_order_mark_is_accepted_and_bytes_that_are_not_utf8_are_not()
    {
        DocumentReader.Read<ReferenceDocument>([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Reference)]).Fault.ShouldBeNull();
        var bytes = Encoding.UTF8.GetBytes(Reference);
        bytes[bytes.AsSpan().IndexOf("ntt"u8)] = 0xFF;

        DocumentReader.Read<ReferenceDocument>(bytes).Fault.ShouldNotBeNull();
    }

    [Fact]
    public void A_member_that_stands_twice_is_refused() =>
        Fault<ReferenceDocument>(Reference.Replace("{ \"homeCarrier\"", "{ \"homeCarrier\": \"x\", \"homeCarrier\"", StringComparison.Ordinal)).ShouldNotBeNull();

    [Fact]
    public void A_document_survives_being_written_and_read()
    {
        var (document, _) = Read<TariffsDocument>(Tariffs);

        var again = JsonSerializer.Serialize(Read<TariffsDocument>(JsonSerializer.Serialize(document, BillingJson.Options)).Document, BillingJson.Options);

        again.ShouldBe(JsonSerializer.Serialize(document, BillingJson.Options));
        again.ShouldContain("\"price\":\"10.4\"");
        again.ShouldContain("\"standard\":\"0.10\"");
    }

    private static void ShouldMiss<T>(string json, string member)
        where T : class
    {
        var root = JsonNode.Parse(json)!;
        var dot = member.LastIndexOf('.');
        var (parent, name) = dot < 0 ? ("", member) : (member[..dot], member[(dot + 1)..]);
        Find(root, parent).AsObject().Remove(name).ShouldBeTrue();

        var fault = Fault<T>(root.ToJsonString()).ShouldNotBeNull();

        fault.Reason.ShouldContain(name);
        fault.Path.ShouldBe(System.Text.RegularExpressions.Regex.Replace(parent.Length == 0 ? "$" : $"$.{parent}", @"\.([0-9]+)", "[$1]"));
    }

    private static JsonNode Find(JsonNode root, string path) =>
        path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, part) => char.IsDigit(part[0]) ? node[part[0] - '0']! : node[part]!);

    private static DocumentFault? Fault<T>(string json)
        where T : class => Read<T>(json).Fault;

    private static (T? Document, DocumentFault? Fault) Read<T>(string json)
        where T : class => DocumentReader.Read<T>(Encoding.UTF8.GetBytes(json));
}
