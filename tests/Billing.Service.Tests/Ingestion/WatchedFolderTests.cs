using System.IO.Compression;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Watching;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Hosting;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Ingestion;

/// <summary>Files that appear in a folder: taken when complete, once, and moved with what became of them.</summary>
public sealed class WatchedFolderTests : IAsyncLifetime
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private readonly HandTime _time = new();
    private string _folder = "";
    private KnowledgeCache _knowledge = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await MonthFiles.LearnAsync(_database);
        _knowledge = new KnowledgeCache(_database.Database);
        _folder = Directory.CreateDirectory(Path.Combine(_month.Folder, "in")).FullName;
    }

    public async Task DisposeAsync()
    {
        _knowledge.Dispose();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task A_file_is_taken_when_its_size_and_time_have_stayed_the_same_for_the_time_to_settle()
    {
        var watch = Watch(Settle);
        var path = Path.Combine(_folder, "calls.csv");
        await File.WriteAllBytesAsync(path, Bytes(Row(1)));
        (await LookAsync(watch)).ShouldBeEmpty();
        _time.Now += Settle;
        await File.AppendAllTextAsync(path, System.Text.Encoding.UTF8.GetString(Row(2)) + "\n");
        (await LookAsync(watch)).ShouldBeEmpty("it has grown");
        _time.Now += Settle - TimeSpan.FromTicks(1);
        (await LookAsync(watch)).ShouldBeEmpty("it has grown since");
        _time.Now += TimeSpan.FromTicks(1);

        var taken = (await LookAsync(watch)).ShouldHaveSingleItem();

        taken.MovedTo.ShouldBe("done/calls.csv");
        taken.Receipt!.Rows.ShouldBe(2);
        Files().ShouldBe(["done/calls.csv", "done/calls.csv.receipt.json"]);
        var beside = Read("done/calls.csv.receipt.json");
        JsonSerializer.Serialize(beside, BillingJson.Options).ShouldBe(JsonSerializer.Serialize(taken.Receipt, BillingJson.Options));
    }

    [Fact]
    public async Task A_file_under_a_name_for_unfinished_ones_is_left_and_taken_when_it_is_renamed()
    {
        var watch = Watch(TimeSpan.Zero);
        foreach (var name in (string[])[".calls.csv", "calls.csv.tmp", "calls.csv.part", "calls.csv.filepart", "calls.csv~"])
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder, name), Bytes(Row(1)));
        }

        (await LookAsync(watch)).ShouldBeEmpty();
        File.Move(Path.Combine(_folder, "calls.csv.tmp"), Path.Combine(_folder, "calls.csv"));
        (await LookAsync(watch)).ShouldHaveSingleItem().Receipt!.Outcomes.Rated.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_file_again_is_answered_with_its_first_receipt_and_replaces_nothing()
    {
        var watch = Watch(TimeSpan.Zero);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.csv"), Bytes(Row(1)));
        var first = (await LookAsync(watch)).ShouldHaveSingleItem();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.csv"), Bytes(Row(1)));
        var second = (await LookAsync(watch)).ShouldHaveSingleItem();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.csv"), Bytes(Row(2), Row(3)));
        var other = (await LookAsync(watch)).ShouldHaveSingleItem();

        (first.WasKnown, second.WasKnown, other.WasKnown).ShouldBe((false, true, false));
        (second.MovedTo, other.MovedTo).ShouldBe(("done/calls.csv.2", "done/calls.csv.3"));
        Read("done/calls.csv.2.receipt.json").Sha256.ShouldBe(first.Receipt!.Sha256);
        Read("done/calls.csv.3.receipt.json").Rows.ShouldBe(2);
        (await _database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(3);
        (await Reconcile.RunAsync(_database.Database, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_lies_in_failed_with_the_reason_and_holds_up_no_other()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a-columns.csv"), "a,b\n1,2\n");
        await File.WriteAllBytesAsync(Path.Combine(_folder, "b-binary.csv"), [0, 1, 2, 3]);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "c-cut.csv.gz"), Packed(Bytes(Row(1)))[..^12]);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "d-good.csv"), Bytes(Row(1)));

        var taken = await LookAsync(Watch(TimeSpan.Zero));

        taken.OrderBy(file => file.File, StringComparer.Ordinal).Select(file => file.MovedTo).ShouldBe(["failed/a-columns.csv", "failed/b-binary.csv", "failed/c-cut.csv.gz", "done/d-good.csv"]);
        using var reason = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "failed/c-cut.csv.gz.reason.json")));
        reason.RootElement.GetProperty("file").GetString().ShouldBe("c-cut.csv.gz");
        reason.RootElement.GetProperty("reason").GetString()!.ShouldContain("cut short");
    }

    [Fact]
    public async Task A_file_stays_while_the_database_can_not_be_written_and_is_taken_afterwards()
    {
        var watch = Watch(TimeSpan.Zero);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.csv"), Bytes(Row(1)));
        await _database.ExecuteAsync("alter table billing.deliveries rename to deliveries_away");
        var left = (await LookAsync(watch)).ShouldHaveSingleItem();
        (left.Fault is Npgsql.PostgresException, left.MovedTo).ShouldBe((true, null));
        await _database.ExecuteAsync("alter table billing.deliveries_away rename to deliveries");
        (await LookAsync(watch)).ShouldBeEmpty("it rests for a while");
        _time.Now += TimeSpan.FromMinutes(1);
        (await LookAsync(watch)).ShouldHaveSingleItem().MovedTo.ShouldBe("done/calls.csv");
    }

    [Fact]
    public async Task A_file_that_another_process_is_at_is_left_to_it()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.csv"), Bytes(Row(1)));
        await using (var other = await FileLocks.OpenAsync(_database.Database, default))
        {
            (await FileLocks.TryTakeWatchedAsync(other, "calls.csv", default)).ShouldBeTrue();
            (await LookAsync(Watch(TimeSpan.Zero))).ShouldBeEmpty();
            Files().ShouldBe(["calls.csv"]);
        }

        (await LookAsync(Watch(TimeSpan.Zero))).ShouldHaveSingleItem().MovedTo.ShouldBe("done/calls.csv");
    }

    [Fact]
    public async Task A_folder_of_a_switch_is_read_by_its_profile()
    {
        var sample = Path.Combine(MonthFiles.Root, "contracts/profiles/asterisk-csv/calls.csv");
        File.Copy(sample, Path.Combine(_folder, "Master.csv"));
        var (profile, fault) = NamedProfile.Read("asterisk-csv");
        fault.ShouldBeNull();
        var taken = (await LookAsync(Watch(TimeSpan.Zero, profile))).ShouldHaveSingleItem();
        taken.Receipt!.Profile!.Name.ShouldBe("asterisk-csv");
        taken.Receipt.Rows.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_command_takes_what_lies_there_tells_it_and_names_the_gap_in_the_numbers()
    {
        foreach (var no in (int[])[1, 2, 5])
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder, $"tokyo-{no:D4}.csv"), Bytes(Row(no)));
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "osaka-0001.csv"), "a,b\n1,2\n");
        var ended = await Command.RunAsync(_database.ConnectionString, "watch", _folder, "--once", "--settle", "00:00:00.05");

        ended.Code.ShouldBe(2, ended.All);
        ended.Output.ShouldContain("tokyo-0005.csv: 1 row, 0 rejected, now done/tokyo-0005.csv\n");
        ended.Output.ShouldContain("osaka-0001.csv: refused, ");
        ended.Output.ShouldContain("missing: tokyo-0003.csv to tokyo-0004.csv, 2 files\n");
        Files().Count(name => name.StartsWith("done/", StringComparison.Ordinal)).ShouldBe(6);

        await File.WriteAllBytesAsync(Path.Combine(_folder, "tokyo-0004.csv"), Bytes(Row(4)));
        var json = await Command.RunAsync(_database.ConnectionString, "watch", _folder, "--once", "--settle", "00:00:00", "--json");
        var lines = json.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines[0].GetProperty("receipt").GetProperty("rows").GetInt64().ShouldBe(1);
        lines[1].GetProperty("missing").GetProperty("first").GetString().ShouldBe("tokyo-0003.csv");

        var reconciled = await Command.RunAsync(_database.ConnectionString, "reconcile");
        (reconciled.Code, reconciled.Output).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(0),
            ended => ended.Output.ShouldEndWith("missing  tokyo-0003.csv, by the numbers of the others\nproof: every row is accounted for\n"));
        var gaps = JsonDocument.Parse((await Command.RunAsync(_database.ConnectionString, "reconcile", "--json")).Output).RootElement.GetProperty("missingFiles");
        (gaps.GetArrayLength(), gaps[0].GetProperty("last").GetString(), gaps[0].GetProperty("count").GetInt64()).ShouldBe((1, "tokyo-0003.csv", 1));

        var nowhere = await Command.RunAsync(_database.ConnectionString, "watch", Path.Combine(_folder, "nowhere"), "--once");
        (nowhere.Code, nowhere.ErrorLine).ShouldBe((1, $"billing: watch: there is no folder {_folder}/nowhere"));
    }

    [Fact]
    public async Task The_server_watches_the_folders_of_its_settings()
    {
        var other = Directory.CreateDirectory(Path.Combine(_month.Folder, "switch")).FullName;
        await using var server = await Server.StartAsync(
            _database.ConnectionString, ("watch", $"{_folder};{other}=asterisk-csv"), ("watch-every", "00:00:00.05"), ("watch-settle", "00:00:00"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "calls.tmp"), Bytes(Row(1)));
        File.Move(Path.Combine(_folder, "calls.tmp"), Path.Combine(_folder, "calls.csv"));
        File.Copy(Path.Combine(MonthFiles.Root, "contracts/profiles/asterisk-csv/calls.csv"), Path.Combine(other, "Master.tmp"));
        File.Move(Path.Combine(other, "Master.tmp"), Path.Combine(other, "Master.csv"));

        await Poll.UntilAsync("both are taken in", () => Task.FromResult(File.Exists(Path.Combine(_folder, "done/calls.csv")) && File.Exists(Path.Combine(other, "done/Master.csv"))));

        Read("done/calls.csv.receipt.json").Rows.ShouldBe(1);
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries where profile = 'asterisk-csv'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/nowhere/at/all", "there is no folder /nowhere/at/all")]
    [InlineData("/tmp=no-such-switch", "profile no-such-switch: ")]
    public void A_setting_that_names_no_folder_or_profile_is_told_at_the_start(string watch, string expected) =>
        Should.Throw<Billing.Service.Hosting.SettingException>(() => WatchSettings.Of(Server.Settings(_database.ConnectionString, ("watch", watch)))).Message.ShouldContain(expected);

    private TakeInFolder Watch(TimeSpan settle, Profile? profile = null) =>
        new(_database.Database, new IngestFile(_database.Database, _knowledge, TimeProvider.System), new WatchedFolder(_folder, profile), settle, _time);

    private static async Task<List<WatchedFile>> LookAsync(TakeInFolder watch)
    {
        var taken = new List<WatchedFile>();
        await foreach (var file in watch.LookAsync(default))
        {
            taken.Add(file);
        }

        return taken;
    }

    private byte[] Row(int no) => _month.Call("sw-1", $"r-{no}", "05033010001", "0312345678", "2026-10-01T10:00:00+09:00", 60);

    private byte[] Bytes(params byte[][] rows) => File.ReadAllBytes(_month.Write("made.csv", rows));

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private ReceiptDocument Read(string name) => MonthFiles.Read<ReceiptDocument>(File.ReadAllBytes(Path.Combine(_folder, name)));

    private List<string> Files() => [.. Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder, path)).Order(StringComparer.Ordinal)];
}
