using System.Text.Json;
using Billing.Service.Hosting;

namespace Billing.Service.Tests.Hosting;

/// <summary>Where settings come from, what is refused and what is hidden.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Secret = "sesame-4711";

    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    [Fact]
    public void A_flag_goes_before_the_environment_before_the_file_before_the_default()
    {
        var file = File("""{ "urls": "http://file:1", "ready-lag": 5, "production": true, /* why */ "log": "Error", }""");
        var environment = new Dictionary<string, string> { ["BILLING_CONFIG"] = file, ["BILLING_URLS"] = "http://environment:1", ["BILLING_READY_LAG"] = "6" };

        var settings = Load(environment, ("urls", "http://flag:1"));

        Shown(settings, "urls").ShouldBe("http://flag:1 from --urls");
        Shown(settings, "ready-lag").ShouldBe("6 from BILLING_READY_LAG");
        Shown(settings, "production").ShouldBe("true from configuration file");
        Shown(settings, "log").ShouldBe("Error from configuration file");
        Shown(settings, "month-close-delay").ShouldBe("06:00 from default");
        Shown(settings, "otlp").ShouldBe(" from not set");
        (settings.Production, settings.ReadyLag, settings.MonthClose).ShouldBe((true, 6, true));
    }

    [Fact]
    public void The_service_s_own_variable_goes_before_the_framework_s_and_an_empty_one_counts_as_absent()
    {
        var both = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://framework:1", ["BILLING_URLS"] = "http://own:1" };
        Shown(Load(both), "urls").ShouldBe("http://own:1 from BILLING_URLS");
        both["BILLING_URLS"] = "";
        Shown(Load(both), "urls").ShouldBe("http://framework:1 from ASPNETCORE_URLS");
    }

    [Fact]
    public void Every_setting_can_be_set_in_the_file_and_by_its_variable()
    {
        foreach (var definition in SettingDefinition.All)
        {
            definition.Variables.ShouldNotBeEmpty();
            definition.Description.ShouldNotBeNullOrWhiteSpace();
        }

        var values = SettingDefinition.All.Where(x => x.Name != "config").ToDictionary(x => x.Name, x => x.Name switch
        {
            "db" => "Host=h",
            "production" or "month-close" => "on",
            "month-close-delay" => "2.12:00",
            "log" => "debug",
            "urls" => "http://127.0.0.1:3",
            "request-timeout" or "long-request-timeout" or "watch-every" or "watch-settle" or "stop-delay" or "stop-within" => "00:00:03",
            "node-timeout" => "00:01:00",
            "largest-body" => "3000",
            "oidc-roles" => "staff=finance",
            "log-format" => "json",
            "smtp-security" => "tls",
            "smtp-from" => "billing@example.jp",
            "issuer-number" => "T1234567890123",
            "broker" => "amqp://user:word@broker",
            "kafka-properties" => "sasl.password=word",
            _ => "3",
        });
        var settings = Load(new() { ["BILLING_CONFIG"] = File(JsonSerializer.Serialize(values)) });
        settings.All.Where(x => x.Definition.Name != "config").ShouldAllBe(x => x.Source == "configuration file");
        settings.MonthCloseDelay.ShouldBe(TimeSpan.FromHours(60));
    }

    [Theory]
    [InlineData("""{ "url": "http://x:1" }""", "there is no setting 'url'")]
    [InlineData("""{ "config": "other.json" }""", "there is no setting 'config'")]
    [InlineData("""{ "urls": ["http://x:1"] }""", "'urls' must be a text")]
    [InlineData("""{ "production": "perhaps" }""", "'perhaps' is not true or false")]
    [InlineData("""{ "log-format": "xml" }""", "'xml' is not text or json")]
    [InlineData("""{ "log": "loud" }""", "'loud' is not Trace")]
    [InlineData("""{ "log": "17" }""", "'17' is not Trace")]
    [InlineData("""{ "ready-lag": "-1" }""", "'-1' is not a whole number")]
    [InlineData("""{ "month-close-delay": "28.00:00" }""", "'28.00:00' is not a duration below 28 days")]
    [InlineData("""{ "issuer-number": "123" }""", "BILLING_ISSUER_NUMBER: a registration number is T and 13 digits")]
    [InlineData("""{ "due-after-months": "13" }""", "BILLING_DUE_AFTER_MONTHS: a number of months from 0 to 12 is expected")]
    [InlineData("""{ "month-close-delay": "-00:01" }""", "'-00:01' is not a duration")]
    [InlineData("""["urls"]""", "an object of settings is expected")]
    [InlineData("{ \"urls\":\n\"x\"", "line 2: this is not JSON")]
    public void A_file_with_a_name_or_value_that_is_not_known_is_a_usage_error(string text, string expected)
    {
        var fault = Should.Throw<SettingException>(() => Load(new() { ["BILLING_CONFIG"] = File(text) }));
        fault.Message.ShouldContain(expected);
        fault.IsUsage.ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_value_names_where_it_came_from_and_never_a_secret()
    {
        Should.Throw<SettingException>(() => Load(new() { ["BILLING_PRODUCTION"] = "perhaps" })).Message.ShouldStartWith("BILLING_PRODUCTION: ");
        Should.Throw<SettingException>(() => Load([], ("log", "loud"))).Message.ShouldStartWith("--log: ");
        foreach (var wrong in (string[])[$"Hots=h;Password={Secret}", $"Username=u;Password={Secret}", $"Host=h;Port=x;Password={Secret}", $"postgres://u:{Secret}@h/db"])
        {
            var fault = Should.Throw<SettingException>(() => Load(new() { ["BILLING_DB"] = wrong }));
            fault.Message.ShouldStartWith("BILLING_DB: a connection string such as");
            fault.ToString().ShouldNotContain(Secret);
        }
    }

    [Fact]
    public void Events_need_a_broker_to_go_to_and_a_source_that_is_a_URI()
    {
        Should.Throw<SettingException>(() => Load([], ("broker-events", "billing.events"))).Message.ShouldContain("BILLING_BROKER");
        Should.Throw<SettingException>(() => Load([], ("events-source", "our billing"))).Message.ShouldContain("'our billing' is not a URI");
    }

    [Theory]
    [InlineData("Host=h;Password=" + Secret)]
    [InlineData("Host=h;PWD=" + Secret)]
    [InlineData("Host=h;PSW=" + Secret)]
    [InlineData("Host=h;SSL Certificate=c;SSL Password=" + Secret)]
    public void A_secret_is_never_shown(string connection)
    {
        var settings = Load(new() { ["BILLING_DB"] = connection });
        settings.All.ShouldAllBe(setting => !$"{setting.Shown}".Contains(Secret));
        Shown(settings, "db").ShouldStartWith("Host=h;");
        DatabaseAddress.Describe(connection).ShouldNotContain(Secret);
        settings.Database.ShouldBe(connection);
    }

    [Fact]
    public void Without_a_database_the_private_cluster_s_is_taken_and_without_that_it_is_said_what_to_do()
    {
        var cluster = new Setting(SettingDefinition.All.Single(x => x.Name == "db"), "Host=private", "private cluster /x");
        Shown(BillingSettings.Load(new Dictionary<string, string>(), _ => null, () => cluster), "db").ShouldBe("Host=private from private cluster /x");

        var none = Load([]);
        none.HasDatabase.ShouldBeFalse();
        var fault = Should.Throw<SettingException>(() => none.Database);
        fault.Message.ShouldContain("BILLING_DB");
        fault.IsUsage.ShouldBeFalse();
    }

    [Fact]
    public async Task The_command_line_shows_the_settings_without_secrets_and_ends_with_64_on_wrong_ones()
    {
        var file = File("""{ "ready-lag": 5 }""");
        var environment = new Dictionary<string, string> { ["BILLING_DB"] = $"Host=db.example;Password={Secret}", ["BILLING_CONFIG"] = file };
        var shown = await Command.ProcessAsync(environment, "config", "--json");
        shown.Code.ShouldBe(0, shown.Error);
        shown.All.ShouldNotContain(Secret);
        var rows = JsonDocument.Parse(shown.Output).RootElement.EnumerateArray().ToDictionary(x => x.GetProperty("name").GetString()!);
        rows.Keys.ShouldBe(SettingDefinition.All.Select(x => x.Name));
        rows["db"].GetProperty("value").GetString()!.ShouldContain("db.example");
        rows["ready-lag"].GetProperty("source").GetString().ShouldBe("configuration file");
        (await Command.ProcessAsync(environment, "config", "--db", $"Host=flag;Password={Secret}")).Output.ShouldContain("[--db]");

        var wrongValue = await Command.ProcessAsync(new Dictionary<string, string> { ["BILLING_PRODUCTION"] = "perhaps" }, "config");
        (wrongValue.Code, wrongValue.ErrorLine).ShouldBe((64, "billing: BILLING_PRODUCTION: 'perhaps' is not true or false"));
        var wrongName = await Command.ProcessAsync(environment, "config", "--config", File("""{ "red-lag": 5 }"""));
        wrongName.Code.ShouldBe(64);
        wrongName.ErrorLine.ShouldContain("there is no setting 'red-lag'");
        var noFile = await Command.ProcessAsync(environment, "config", "--config", Path.Combine(_folder, "missing.json"));
        noFile.Code.ShouldBe(64);
        noFile.ErrorLine.ShouldContain("missing.json");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BillingSettings Load(Dictionary<string, string> environment, params (string Name, string Value)[] flags) =>
        BillingSettings.Load(flags.ToDictionary(x => x.Name, x => x.Value), environment.GetValueOrDefault, () => null);

    private static string Shown(BillingSettings settings, string name)
    {
        var setting = settings.All.Single(x => x.Definition.Name == name);
        return $"{setting.Shown} from {setting.Source}";
    }

    private string File(string text)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
