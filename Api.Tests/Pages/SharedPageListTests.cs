using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Pages;

/// <summary>The list of pages on several servers over one Redis.</summary>
public sealed class SharedPageListTests
{
    [Fact]
    public async Task Each_server_lists_the_pages_of_all_and_none_that_redis_no_longer_has()
    {
        using var redis = await RedisServer.StartAsync();
        await using var one = await InProcessApi.StartAsync($"--Redis:Connection={redis.Connection}");
        await using var other = await InProcessApi.StartAsync($"--Redis:Connection={redis.Connection}");
        using var publisher = new ApiClient(one.Address);
        using var reader = new ApiClient(other.Address);

        var id = await publisher.PublishAsync("a", "x");
        await publisher.PublishAsync("b", "x");
        await reader.PublishAsync("c", "x");
        await redis.CliAsync("DEL", "livestreams:{b}:meta");

        var pages = (await reader.GetJsonAsync("/pages")).GetProperty("pages").EnumerateArray().ToList();
        Assert.Equal(["a", "c"], pages.Select(page => page.GetProperty("page").GetString()));
        Assert.Equal(id, pages[0].GetProperty("head").GetString());
    }

    [Fact]
    public async Task A_list_that_redis_cannot_give_is_refused_and_publishes_continue()
    {
        using var redis = await RedisServer.StartAsync();
        await using var api = await InProcessApi.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(api.Address);
        await redis.CliAsync("SET", "livestreams:pages:{index}:names", "overwritten");

        await client.PublishAsync("a", "x");
        using var response = await client.GetAsync("/pages");

        Assert.Equal(503, (int)response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal("urn:livestreams:problem:store-unavailable", problem.GetProperty("type").GetString());
        Assert.Contains("The index of pages in Redis cannot be written", api.Output, StringComparison.Ordinal);
        await redis.CliAsync("DEL", "livestreams:pages:{index}:names");
        await Wait.UntilAsync(
            async () => (await client.GetJsonAsync("/pages")).GetProperty("pages").GetArrayLength() == 1,
            "the page is listed");
    }
}
