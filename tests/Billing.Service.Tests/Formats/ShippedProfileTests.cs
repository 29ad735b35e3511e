using System.Reflection;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Offline;

namespace Billing.Service.Tests.Formats;

/// <summary>The profiles that come with the command: each reads its fixture into the rows that stand beside it.</summary>
public sealed class ShippedProfileTests
{
    private static readonly string Folder = Path.Combine(MonthFiles.Root, "contracts", "profiles");

    public static TheoryData<string> Names => [.. BuiltInProfiles.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_reads_its_fixture_into_the_expected_rows(string name)
    {
        var fixture = Directory.GetFiles(Path.Combine(Folder, name)).Single(file => Path.GetFileName(file) != "expected.ndjson");
        var (profile, fault) = BuiltInProfiles.Read(BuiltInProfiles.Find(name)!);
        fault.ShouldBeNull();
        var rows = new List<string>();

        new TestProfile(profile!, reveal: true).Run(File.OpenRead(fixture), fixture, row => rows.Add(JsonSerializer.Serialize(row, TestProfile.Json))).Refused.ShouldBeNull();

        rows.ShouldBe(File.ReadAllLines(Path.Combine(Folder, name, "expected.ndjson")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_is_named_as_its_file(string name) =>
        DocumentReader.Read<ProfileDocument>(BuiltInProfiles.Find(name)).Document!.Name.ShouldBe(name);

    [Fact]
    public void There_is_a_profile_for_each_switch_that_is_promised() =>
        BuiltInProfiles.Names.ShouldBe(
        [
            "asterisk-csv", "asterisk-json", "broadworks-xml", "cisco-cucm", "fixed-width-carrier", "freeswitch-csv", "freeswitch-json", "ims-partial-csv",
            "kamailio-acc", "kamailio-flatstore", "opensips-flatstore", "opensips-flatstore-csv",
        ]);

    [Fact]
    public void Called_numbers_are_masked_unless_they_are_asked_for()
    {
        foreach (var name in BuiltInProfiles.Names)
        {
            var fixture = Directory.GetFiles(Path.Combine(Folder, name)).Single(file => Path.GetFileName(file) != "expected.ndjson");
            var rows = new List<string>();
            new TestProfile(BuiltInProfiles.Read(BuiltInProfiles.Find(name)!).Profile!, reveal: false).Run(File.OpenRead(fixture), fixture, row => rows.Add(JsonSerializer.Serialize(row, TestProfile.Json)));

            rows.Count(row => row.Contains("****", StringComparison.Ordinal)).ShouldBeGreaterThan(0, name);
            rows.ShouldAllBe(row => !System.Text.RegularExpressions.Regex.IsMatch(row, "\"calling_number\":\"[0-9]+\""), name);
            rows.ShouldAllBe(row => !row.Contains("312345678", StringComparison.Ordinal) && !row.Contains("09012345678", StringComparison.Ordinal), name);
        }
    }

    /// <summary>The schema that editors use names the members that the reader knows, and no others.</summary>
    [Theory]
    [InlineData("", typeof(ProfileDocument))]
    [InlineData("container", typeof(ContainerDocument))]
    [InlineData("layout", typeof(LayoutDocument))]
    [InlineData("place", typeof(PlaceDocument))]
    [InlineData("row", typeof(RowDocument))]
    [InlineData("condition", typeof(ConditionDocument))]
    [InlineData("field", typeof(FieldDocument))]
    [InlineData("prefix", typeof(PrefixDocument))]
    [InlineData("time", typeof(TimeDocument))]
    [InlineData("duration", typeof(DurationDocument))]
    [InlineData("durationCheck", typeof(DurationCheckDocument))]
    [InlineData("join", typeof(JoinDocument))]
    [InlineData("parts", typeof(PartsDocument))]
    [InlineData("trailer", typeof(TrailerDocument))]
    public void The_schema_says_what_the_reader_reads(string definition, Type document)
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "..", "profile.schema.json")));
        var described = definition.Length == 0 ? schema.RootElement : schema.RootElement.GetProperty("$defs").GetProperty(definition);

        var members = document.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != "EqualityContract")
            .Select(property => property.Name == "Schema" ? "$schema" : JsonNamingPolicy.CamelCase.ConvertName(property.Name));

        described.GetProperty("properties").EnumerateObject().Select(property => property.Name).ShouldBe(members, ignoreOrder: true);
    }
}
