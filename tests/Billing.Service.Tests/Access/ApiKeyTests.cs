using System.Net;
using System.Net.Http.Headers;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>Machines and their keys: made, used, rotated, revoked, expired, forged.</summary>
public sealed class ApiKeyTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    private const string Path = "/api/v1/invoices?month=2026-10";

    private Server Server => served.Server;

    [Fact]
    public async Task A_key_opens_what_its_roles_may_and_nothing_else()
    {
        using var finance = await Server.ClientAsync([Roles.Finance]);
        using var pipeline = await Server.ClientAsync([Roles.Pipeline]);

        await (await finance.GetAsync(Path)).ReadAsync();
        (await (await pipeline.GetAsync(Path)).ReadProblemAsync(HttpStatusCode.Forbidden)).Text("detail").ShouldStartWith("One of the roles finance, ");
        var without = await Server.Anonymous.GetAsync(Path);
        (await without.ReadProblemAsync(HttpStatusCode.Unauthorized)).Text("detail").ShouldContain("Authorization: Bearer KEY");
        without.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_forged_key_is_refused_whatever_part_of_it_is_wrong()
    {
        var good = await Server.KeyAsync([Roles.Finance]);
        (await GetAsync(good)).ShouldBe(HttpStatusCode.OK);

        var other = ApiKeySecret.New().Text;
        foreach (var forged in (string[])[other, good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), good[..18] + other[18..], other[..18] + good[18..], good[..^1], good + "A", "bill_", "x", good.ToUpperInvariant()])
        {
            (await GetAsync(forged)).ShouldBe(HttpStatusCode.Unauthorized, forged);
        }
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_and_an_expired_one_when_its_time_is_over()
    {
        var revoked = await Server.KeyAsync([Roles.Finance]);
        (await GetAsync(revoked)).ShouldBe(HttpStatusCode.OK);
        (await Server.InvokeAsync(new RevokeApiKey(ApiKeySecret.TryRead(revoked)!.Key, "lost", "test", Now))).Refusal.ShouldBeNull();
        (await GetAsync(revoked)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Server.InvokeAsync(new RevokeApiKey(ApiKeySecret.TryRead(revoked)!.Key, "lost", "test", Now))).Refusal!.Message.ShouldContain("is revoked");

        var expired = ApiKeySecret.New();
        var past = Now - Duration.FromDays(2);
        (await Server.InvokeAsync(new MakeApiKey(expired.Key, "old", [Roles.Finance], [], expired.Hash, past + Duration.FromDays(1), "test", past))).Refusal.ShouldBeNull();
        (await GetAsync(expired.Text)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Rotated_the_old_secret_is_good_for_the_time_of_grace_and_no_longer()
    {
        var first = ApiKeySecret.TryRead(await Server.KeyAsync([Roles.Finance]))!;
        var second = ApiKeySecret.New(first.Key);
        (await Server.InvokeAsync(new RotateApiKey(first.Key, second.Hash, Now + Duration.FromHours(1), Now + Duration.FromDays(1), "test", Now))).Refusal.ShouldBeNull();
        (await GetAsync(first.Text)).ShouldBe(HttpStatusCode.OK);
        (await GetAsync(second.Text)).ShouldBe(HttpStatusCode.OK);

        var third = ApiKeySecret.New(first.Key);
        var now = Now;
        (await Server.InvokeAsync(new RotateApiKey(first.Key, third.Hash, now, now + Duration.FromDays(1), "test", now))).Refusal.ShouldBeNull();
        (await GetAsync(first.Text)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(second.Text)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(third.Text)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Uses_are_noted_once_an_hour_and_no_secret_is_in_the_log_of_events()
    {
        var key = ApiKeySecret.TryRead(await Server.KeyAsync([Roles.Finance]))!;
        for (var i = 0; i < 3; i++)
        {
            (await GetAsync(key.Text)).ShouldBe(HttpStatusCode.OK);
        }

        (await served.Database.ScalarAsync<long>($"select count(*) from billing.mt_events where stream_id = 'api-key-{key.Key}' and type = 'api_key_used.v1'")).ShouldBe(1);
        (await served.Database.ScalarAsync<long>($"select count(*) from billing.mt_events where position('{key.Text[18..]}' in data::text) > 0")).ShouldBe(0);
        (await served.Database.ScalarAsync<long>($"select count(*) from billing.mt_doc_apikey where position('{key.Text[18..]}' in data::text) > 0")).ShouldBe(0);
        key.ToString().ShouldNotContain(key.Text[18..]);
    }

    [Theory]
    [InlineData("customer-admin", "", "needs the contracts")]
    [InlineData("customer-admin finance", "C-1", "stands alone")]
    [InlineData("king", "", "no role king")]
    [InlineData("", "", "at least one role")]
    public async Task A_key_without_a_sound_scope_is_not_made(string roles, string contracts, string why)
    {
        var key = ApiKeySecret.New();
        var options = StringSplitOptions.RemoveEmptyEntries;
        (await Server.InvokeAsync(new MakeApiKey(key.Key, "x", roles.Split(' ', options), contracts.Split(' ', options), key.Hash, Now + Duration.FromDays(1), "test", Now)))
            .Refusal!.Message.ShouldContain(why);
    }

    private static Instant Now => SystemClock.Instance.GetCurrentInstant();

    private async Task<HttpStatusCode> GetAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Server.Anonymous.SendAsync(request);
        return answer.StatusCode;
    }
}
