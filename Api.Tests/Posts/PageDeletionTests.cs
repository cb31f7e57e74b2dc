using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>The streams of a deleted page end, and clients stay disconnected until it is published to again.</summary>
public sealed class PageDeletionTests(SharedApi api)
{
    private ApiClient Client => api.Client;

    [Fact]
    public async Task Subscribers_receive_the_end_of_a_page_and_clients_that_reconnect_receive_204()
    {
        await Client.PutPostAsync("end", "a", "1");
        await using var stream = await Client.SubscribeAsync("end");
        await using var withSnapshot = await Client.SubscribeAsync("end", query: "?snapshot=true");
        Assert.Equal("snapshot", (await withSnapshot.NextAsync()).EventType);

        var id = await Client.DeletePageAsync("end");

        foreach (var open in new[] { stream, withSnapshot })
        {
            var end = await open.NextAsync();
            Assert.Equal(("end", """{"reason":"deleted"}""", id), (end.EventType, end.Data, end.EventId));
            Assert.Null(await open.NextOrEndAsync());
        }

        (string? Position, string Query)[] starts =
            [(id, ""), (null, ""), (null, "?snapshot=true"), (null, "?from=earliest"), (null, "?since=10m")];
        foreach (var (position, query) in starts)
        {
            await using var again = await Client.SubscribeAsync("end", position, query);
            Assert.Equal(HttpStatusCode.NoContent, again.Response.StatusCode);
            Assert.Equal(0, again.Response.Content.Headers.ContentLength ?? 0);
        }

        Assert.Empty(await Client.GetPostsAsync("end"));
        var page = await Client.GetJsonAsync("/pages/end");
        Assert.Equal(id, page.GetProperty("head").GetString());
        Assert.True(page.GetProperty("ended").GetBoolean());
        Assert.Equal(0, page.GetProperty("updates").GetInt32());
        Assert.Equal(0, page.GetProperty("subscribers").GetInt32());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("HELD")]
    [InlineData("nonsense")]
    [InlineData("000000000abc-7")]
    public async Task A_subscriber_that_was_disconnected_receives_the_end_first(string position)
    {
        var page = $"disconnected {position}";
        var held = await Client.PublishAsync(page, "1");
        await Client.PublishAsync(page, "2");
        var id = await Client.DeletePageAsync(page);

        await using var stream = await Client.SubscribeAsync(
            page,
            position == "HELD" ? held : position,
            "?snapshot=true");
        var end = await stream.NextAsync();

        Assert.Equal(("end", id), (end.EventType, end.EventId));
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task A_deleted_page_exists_again_after_the_next_publish()
    {
        var held = await Client.PublishAsync("again", "1");
        var id = await Client.DeletePageAsync("again");
        Assert.Equal(id, await Client.DeletePageAsync("again"));
        await Client.PutPostAsync("again", "a", "new");

        await using var stream = await Client.SubscribeAsync("again", id);
        Assert.Equal(
            """{"renders":{"a":{"show":true,"content":"new"}},"removals":[]}""",
            (await stream.NextAsync()).Data);
        await using var missed = await Client.SubscribeAsync("again", held, "?snapshot=true");
        Assert.Equal("reset", (await missed.NextAsync()).EventType);
        Assert.Equal("snapshot", (await missed.NextAsync()).EventType);
        Assert.False((await Client.GetJsonAsync("/pages/again")).GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task A_deletion_returns_200_with_its_id_and_no_location()
    {
        await Client.PublishAsync("deleted", "1");
        using var response = await Client.SendAsync(HttpMethod.Delete, "/pages/deleted");

        Assert.Equal((HttpStatusCode.OK, null), (response.StatusCode, response.Headers.Location));
        Assert.Equal(2, (await ApiClient.JsonAsync(response)).GetProperty("sequence").GetInt64());
    }
}
