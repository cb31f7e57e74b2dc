using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>A page that is deleted: its streams end, and nobody comes back until it lives again.</summary>
public sealed class PageEndTests(SharedApi api)
{
    private ApiClient Client => api.Client;

    [Fact]
    public async Task Subscribers_are_told_their_streams_close_and_who_comes_back_is_told_to_stop()
    {
        await Client.PutPostAsync("end", "a", "1");
        await using var stream = await Client.SubscribeAsync("end");
        await using var withSnapshot = await Client.SubscribeAsync("end", query: "?snapshot=true");
        Assert.Equal("snapshot", (await withSnapshot.NextAsync()).EventType);

        var id = await Client.EndAsync("end");

        foreach (var told in new[] { stream, withSnapshot })
        {
            var end = await told.NextAsync();
            Assert.Equal(("end", """{"reason":"deleted"}""", id), (end.EventType, end.Data, end.EventId));
            Assert.Null(await told.NextOrEndAsync());
        }

        foreach (var (position, query) in new[] { (id, ""), (null, ""), (null, "?snapshot=true"), (null, "?from=earliest"), (null, "?since=10m") })
        {
            await using var again = await Client.SubscribeAsync("end", position, query);
            Assert.Equal((HttpStatusCode.NoContent, 0), (again.Response.StatusCode, again.Response.Content.Headers.ContentLength ?? 0));
        }

        Assert.Empty(await Client.PostsAsync("end"));
        var page = await Client.GetJsonAsync("/pages/end");
        Assert.Equal((id, true, 0, 0), (page.GetProperty("head").GetString(), page.GetProperty("ended").GetBoolean(), page.GetProperty("updates").GetInt32(), page.GetProperty("subscribers").GetInt32()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("HELD")]
    [InlineData("nonsense")]
    [InlineData("000000000abc-7")]
    public async Task One_that_was_away_is_told_the_end_first(string position)
    {
        var page = $"away {position}";
        var held = await Client.PublishAsync(page, "1");
        await Client.PublishAsync(page, "2");
        var id = await Client.EndAsync(page);

        await using var stream = await Client.SubscribeAsync(page, position == "HELD" ? held : position, "?snapshot=true");
        var end = await stream.NextAsync();

        Assert.Equal(("end", id), (end.EventType, end.EventId));
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task A_page_lives_again_with_what_is_published_next()
    {
        var held = await Client.PublishAsync("again", "1");
        var id = await Client.EndAsync("again");
        Assert.Equal(id, await Client.EndAsync("again"));
        await Client.PutPostAsync("again", "a", "anew");

        await using var stream = await Client.SubscribeAsync("again", id);
        Assert.Equal("""{"renders":{"a":{"show":true,"content":"anew"}},"removals":[]}""", (await stream.NextAsync()).Data);
        await using var missed = await Client.SubscribeAsync("again", held, "?snapshot=true");
        Assert.Equal("reset", (await missed.NextAsync()).EventType);
        Assert.Equal("snapshot", (await missed.NextAsync()).EventType);
        Assert.False((await Client.GetJsonAsync("/pages/again")).GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task A_deletion_is_answered_200_with_its_id_and_no_address()
    {
        await Client.PublishAsync("answer", "1");
        using var response = await Client.SendAsync(HttpMethod.Delete, "/pages/answer");

        Assert.Equal((HttpStatusCode.OK, null), (response.StatusCode, response.Headers.Location));
        Assert.Equal(2, (await ApiClient.JsonAsync(response)).GetProperty("sequence").GetInt64());
    }
}
