using Billing.Contracts;
using Billing.Service.Api.Bodies;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Service.Tests.Api;

/// <summary>What a refused sender is told to wait comes from what happened lately.</summary>
public sealed class RetryAfterTests
{
    private readonly HandTime _time = new();

    [Fact]
    public void Room_is_expected_at_the_pace_at_which_bodies_have_left()
    {
        var pace = new SpoolPace(_time);
        pace.See(Waiting(1, 100), isEmpty: true);
        pace.SecondsUntilLeft(1, 0).ShouldBe(1, "nothing is known yet");
        for (var left = 1; left <= 30; left++)
        {
            _time.Now += TimeSpan.FromSeconds(2);
            pace.See(Waiting(1 + left, 100));
        }

        // 30 bodies of 1,000 bytes in 60 seconds, whoever took them in
        (pace.SecondsUntilLeft(1, 0), pace.SecondsUntilLeft(10, 0), pace.SecondsUntilLeft(1000, 0)).ShouldBe((2, 20, 60));
        (pace.SecondsUntilLeft(0, 400), pace.SecondsUntilLeft(0, 5_000), pace.SecondsUntilLeft(10, 5_000)).ShouldBe((1, 10, 20));

        // and as many again whose senders waited for this process
        for (var left = 1; left <= 30; left++)
        {
            pace.Left(1_000);
        }

        pace.SecondsUntilLeft(10, 0).ShouldBe(10);
    }

    [Fact]
    public void Where_nothing_has_left_for_some_time_room_is_expected_after_as_long_again()
    {
        var pace = new SpoolPace(_time);
        pace.See(Waiting(1, 3), isEmpty: true);
        foreach (var (passed, wait) in new[] { (7, 7), (20, 27), (60, 60) })
        {
            _time.Now += TimeSpan.FromSeconds(passed);
            pace.See(Waiting(1, 3));
            pace.SecondsUntilLeft(1, 1).ShouldBe(wait);
        }
    }

    [Fact]
    public void A_time_in_which_nothing_waited_or_nobody_looked_is_no_slow_pace()
    {
        var pace = new SpoolPace(_time);
        pace.See(Waiting(1, 1), isEmpty: true);
        _time.Now += TimeSpan.FromMinutes(10);
        pace.See([], isEmpty: true);
        _time.Now += TimeSpan.FromSeconds(1);
        pace.See(Waiting(2, 50));
        _time.Now += TimeSpan.FromSeconds(1);
        pace.See(Waiting(12, 40));
        pace.SecondsUntilLeft(20, 0).ShouldBe(4);

        _time.Now += TimeSpan.FromHours(14);
        pace.See(Waiting(12, 40));
        pace.SecondsUntilLeft(1, 0).ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_has_been_away_for_long_is_asked_for_less_often()
    {
        var faults = new FaultProblems(_time);
        (await ToldAsync()).ShouldBe("1");
        _time.Now += TimeSpan.FromSeconds(20);
        (await ToldAsync()).ShouldBe("20");
        _time.Now += TimeSpan.FromSeconds(50);
        (await ToldAsync()).ShouldBe("60");

        // it was back meanwhile
        _time.Now += TimeSpan.FromSeconds(61);
        (await ToldAsync()).ShouldBe("1");

        async Task<string> ToldAsync()
        {
            var response = await AnswerAsync(faults, new NpgsqlException("away", new IOException()));
            response.StatusCode.ShouldBe(StatusCodes.Status503ServiceUnavailable);
            return response.Headers.RetryAfter.ToString();
        }
    }

    [Fact]
    public async Task What_this_server_takes_from_nobody_is_refused_and_not_to_be_sent_again()
    {
        var response = await AnswerAsync(new FaultProblems(_time), new RefusedException(new Refusal("§1", "files are taken in by the main database")));
        (response.StatusCode, response.Headers.RetryAfter.Count).ShouldBe((StatusCodes.Status422UnprocessableEntity, 0));
    }

    private static async Task<HttpResponse> AnswerAsync(FaultProblems faults, Exception fault)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        (await faults.TryHandleAsync(http, fault, default)).ShouldBeTrue();
        return http.Response;
    }

    private static Dictionary<string, long> Waiting(int first, int count) => Enumerable.Range(first, count).ToDictionary(no => $"{no}.cdr", _ => 1_000L);
}
