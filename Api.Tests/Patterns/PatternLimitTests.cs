using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>What a stream with patterns refuses.</summary>
public sealed class PatternLimitTests(SharedApi api)
{
    [Theory]
    [InlineData("/events?pattern=")]
    [InlineData("/events?pattern=news")]
    [InlineData("/events?pattern=n*ws*")]
    [InlineData("/events?pattern=**")]
    [InlineData("/events?pattern=%0A*")]
    [InlineData("/events?pattern=a*&pattern=b*&pattern=c*&pattern=d*&pattern=e*&pattern=f*&pattern=g*&pattern=h*"
        + "&pattern=i*&pattern=j*&pattern=k*")]
    public async Task A_pattern_that_is_not_valid_says_what_is_expected(string path)
    {
        using var response = await api.Client.GetAsync(path);
        await AssertRefusedAsync(response);
    }

    [Fact]
    public async Task A_prefix_has_at_most_as_many_characters_as_a_name()
    {
        var prefix = new string('x', 200);
        using var taken = await api.Client.OpenAsync(new(HttpMethod.Get, $"/events?pattern={prefix}*"));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        using var refused = await api.Client.GetAsync($"/events?pattern={prefix}x*");
        await AssertRefusedAsync(refused);
    }

    [Fact]
    public async Task A_list_that_is_too_long_for_a_url_is_refused_as_such()
    {
        var pages = string.Join('&', Enumerable.Range(0, 100).Select(n => $"page={n:d80}"));
        using var response = await api.Client.GetAsync($"/events?{pages}&pattern=news:*");
        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
    }

    [Fact]
    public async Task A_stream_follows_1000_pages_and_ends_when_there_are_more()
    {
        for (var n = 0; n < 1000; n += 100)
        {
            await PublishAsync(Enumerable.Range(n, 100));
        }

        await using var stream = await api.Client.SubscribeToPatternAsync("crowd:*");
        await api.Client.PublishAsync("crowd:999", "last");
        Assert.Equal("last", (await stream.NextPageEventAsync()).Data);

        await api.Client.PublishAsync("crowd:1000", "one too many");

        Assert.Null(await stream.NextOrEndAsync());
        await using (var named = await api.Client.SubscribeToPagesAsync(["crowd:7"], query: "&pattern=crowd:*"))
        {
            Assert.Equal(HttpStatusCode.OK, named.Response.StatusCode);
        }

        using var refused = await api.Client.GetAsync($"/events?pattern=crowd:*&lastEventId={stream.LastEventId}");
        await AssertRefusedAsync(refused);
    }

    [Fact]
    public async Task Pages_that_are_born_count_for_the_limit_of_all_streams()
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxStreamPages=200");
        using var client = new ApiClient(server.Address);
        var pages = Enumerable.Range(0, 99).Select(n => $"p{n}");
        await using var full = await client.SubscribeToPagesAsync(pages);
        await using var stream = await client.SubscribeToPatternAsync("born:*");

        await client.PublishAsync("born:1", "fits");
        Assert.Equal("fits", (await stream.NextPageEventAsync()).Data);
        await client.PublishAsync("born:2", "does not fit");

        Assert.Null(await stream.NextOrEndAsync());
    }

    private async Task PublishAsync(IEnumerable<int> pages)
    {
        var lines = pages.Select(n => $$"""{"page":"crowd:{{n}}","data":"before"}""");
        using var response = await api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(string.Join('\n', lines), null, "application/x-ndjson"),
        });
        Assert.True(response.IsSuccessStatusCode);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal("urn:livestreams:problem:pages", problem.GetProperty("type").GetString());
    }
}
