using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Live posts through grains: the same as in the other sizes.</summary>
[Collection(nameof(Alone))]
public sealed class ClusterPostsTests
{
    [Fact]
    public async Task Newcomers_at_another_node_than_the_publishers_end_with_the_same_posts()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await SnapshotTests.NewcomersEndWithTheSamePostsAsync(cluster.Clients[0], cluster.Clients[1]);
    }

    [Fact]
    public async Task A_page_that_is_full_says_so_and_its_end_reaches_every_node()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2, "--Posts:MaxPosts=1");
        await cluster.Clients[0].PutPostAsync("home", "a", "A");
        await using var stream = await cluster.Clients[1].SubscribeAsync("home", query: "?snapshot=true");
        Assert.Equal("snapshot", (await stream.NextAsync()).EventType);

        using var refused = await cluster.Clients[0].SendAsync(HttpMethod.Put, "/pages/home/posts/b", "B");
        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Contains("urn:livestreams:problem:posts-full", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["a=A"], await cluster.Clients[1].PostsAsync("home"));

        var id = await cluster.Clients[0].EndAsync("home");
        var end = await stream.NextAsync();
        Assert.Equal(("end", id), (end.EventType, end.EventId));
        Assert.Null(await stream.NextOrEndAsync());
        Assert.Empty(await cluster.Clients[1].PostsAsync("home"));
    }
}
