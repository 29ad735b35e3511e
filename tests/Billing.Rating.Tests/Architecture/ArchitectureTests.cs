using System.Reflection;
using Billing.Contracts;
using Billing.Rating.Calls;
using NetArchTest.Rules;

namespace Billing.Rating.Tests;

/// <summary>What rating and its contracts may depend on: rating is pure, so it reads no clock, no file, no network and no database.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly RatingAssembly = typeof(CallRater).Assembly;
    private static readonly Assembly FormatsAssembly = typeof(Billing.Formats.Profile).Assembly;
    private static readonly Assembly ContractsAssembly = typeof(Yen).Assembly;

    [Fact]
    public void Rating_depends_on_contracts_and_noda_time_only() =>
        Outsiders(RatingAssembly).ShouldBe(["Billing.Contracts", "NodaTime"], ignoreOrder: true);

    [Fact]
    public void Formats_depend_on_rating_and_contracts_and_noda_time_only() =>
        Outsiders(FormatsAssembly).ShouldBe(["Billing.Contracts", "Billing.Rating", "NodaTime"], ignoreOrder: true);

    [Theory]
    [InlineData("System.Net")]
    [InlineData("System.Data")]
    [InlineData("System.IO.File")]
    [InlineData("System.IO.FileStream")]
    [InlineData("System.TimeProvider")]
    [InlineData("NodaTime.SystemClock")]
    [InlineData("Npgsql")]
    [InlineData("Marten")]
    public void Formats_read_streams_and_nothing_else(string dependency) =>
        (Types.InAssembly(FormatsAssembly).That().DoNotHaveNameMatching("PrivateImplementationDetails").ShouldNot().HaveDependencyOn(dependency).GetResult().FailingTypeNames ?? []).ShouldBeEmpty();

    [Fact]
    public void Contracts_depend_on_noda_time_only() =>
        Outsiders(ContractsAssembly).ShouldBe(["NodaTime", "NodaTime.Serialization.SystemTextJson"], ignoreOrder: true);

    [Theory]
    [InlineData("System.Net")]
    [InlineData("System.Data")]
    [InlineData("System.Threading.Tasks")]
    [InlineData("System.Threading.Timer")]
    [InlineData("System.Diagnostics.Stopwatch")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.IO.File")]
    [InlineData("System.IO.FileStream")]
    [InlineData("System.IO.Directory")]
    [InlineData("System.Console")]
    [InlineData("System.Environment")]
    [InlineData("System.Random")]
    [InlineData("System.Guid")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.TimeZoneInfo")]
    [InlineData("System.DateTimeOffset")]
    [InlineData("System.Single")]
    [InlineData("System.Double")]
    [InlineData("System.Math.Round")]
    [InlineData("NodaTime.SystemClock")]
    [InlineData("NodaTime.IClock")]
    [InlineData("NodaTime.DateTimeZoneProviders")]
    [InlineData("Npgsql")]
    [InlineData("Marten")]
    [InlineData("Wolverine")]
    [InlineData("Microsoft.Extensions")]
    public void Rating_uses_no_clock_no_io_no_chance_and_no_binary_fractions(string dependency)
    {
        var users = Types.InAssembly(RatingAssembly).That().DoNotHaveNameMatching("PrivateImplementationDetails").ShouldNot().HaveDependencyOn(dependency).GetResult();

        (users.FailingTypeNames ?? []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("get_Now")]
    [InlineData("get_UtcNow")]
    [InlineData("get_Today")]
    [InlineData("GetTimestamp")]
    [InlineData("GetCurrentInstant")]
    [InlineData("get_TickCount64")]
    [InlineData("get_CurrentCulture")]
    public void Rating_and_contracts_call_nothing_that_tells_the_time_or_place(string member)
    {
        foreach (var assembly in new[] { RatingAssembly, ContractsAssembly })
        {
            MembersUsed(assembly).ShouldNotContain(member);
        }
    }

    [Fact]
    public void Only_the_built_in_documents_read_a_stream_and_it_is_one_of_the_assembly()
    {
        var readers = Types.InAssembly(RatingAssembly).That().HaveDependencyOn("System.IO.Stream").GetTypes().Select(type => type.FullName);

        readers.ShouldBe(["Billing.Rating.BuiltIn.BuiltInDocuments"]);
    }

    [Fact]
    public void Rating_keeps_no_state_that_changes()
    {
        var mutable = RatingAssembly.GetTypes().Concat(ContractsAssembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("Billing.", StringComparison.Ordinal) == true && !IsGenerated(type))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal))
            .Select(field => $"{field.DeclaringType}.{field.Name}");

        mutable.ShouldBeEmpty();
    }

    [Fact]
    public void Money_and_results_are_values_that_cannot_change()
    {
        foreach (var type in new[] { typeof(Yen), typeof(UsageMonth), typeof(Seconds), typeof(TaxRate) })
        {
            type.IsValueType.ShouldBeTrue();
            type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ShouldAllBe(field => field.IsInitOnly);
        }
    }

    /// <summary>Serializers and patterns that the compiler writes cache what never changes once it is there.</summary>
    private static bool IsGenerated(Type type) =>
        type.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null
        || type.Name.Contains('<', StringComparison.Ordinal)
        || typeof(System.Text.Json.Serialization.JsonSerializerContext).IsAssignableFrom(type);

    private static IEnumerable<string> Outsiders(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name != "netstandard" && !name.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>The names of all members of other assemblies that this one refers to.</summary>
    private static HashSet<string> MembersUsed(Assembly assembly)
    {
        using var file = File.OpenRead(assembly.Location);
        using var image = new System.Reflection.PortableExecutable.PEReader(file);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        return [.. metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name))];
    }
}
