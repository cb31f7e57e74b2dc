namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// A live subscriber of a page that the store loses is reset, and then receives the first update of the new epoch.
/// </summary>
internal static class LostPage
{
    public static async Task AssertFirstUpdateReceivedAsync(
        ApiClient publisher, ApiClient subscriber, Func<Task> losePageAsync)
    {
        var old = await publisher.PublishAsync("home", "old");
        await using var stream = await subscriber.SubscribeAsync("home", query: "?from=earliest");
        Assert.Equal("old", (await stream.NextAsync()).Data);

        await losePageAsync();
        var id = await publisher.PublishAsync("home", "first");

        Assert.NotEqual(old, id);
        var reset = Reset.Parse(await stream.NextAsync());
        Assert.Equal(("epoch", null), (reset.Reason, reset.Missed));
        var first = await stream.NextAsync();
        Assert.Equal(("first", id), (first.Data, first.EventId));
    }
}
