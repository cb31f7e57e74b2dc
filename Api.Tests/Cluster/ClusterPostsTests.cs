using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Live posts that go through grains.</summary>
[Collection(nameof(Alone))]
public sealed class ClusterPostsTests
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task New_subscribers_at_another_node_receive_the_same_posts()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await SnapshotTests.AssertNewSubscribersConvergeAsync(cluster.Clients[0], cluster.Clients[1]);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_full_page_rejects_another_post_and_its_deletion_reaches_every_node()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2, "--Posts:MaxPosts=1");
        await cluster.Clients[0].PutPostAsync("home", "a", "A");
        await using var stream = await cluster.Clients[1].SubscribeAsync("home", query: "?snapshot=true");
        Assert.Equal("snapshot", (await stream.NextAsync()).EventType);

        using var rejected = await cluster.Clients[0].SendAsync(HttpMethod.Put, "/pages/home/posts/b", "B");
        Assert.Equal(409, (int)rejected.StatusCode);
        Assert.Contains(
            "urn:livestreams:problem:posts-full",
            await rejected.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(["a=A"], await cluster.Clients[1].GetPostsAsync("home"));

        var id = await cluster.Clients[0].DeletePageAsync("home");
        var end = await stream.NextAsync();
        Assert.Equal(("end", id), (end.EventType, end.EventId));
        Assert.Null(await stream.NextOrEndAsync());
        Assert.Empty(await cluster.Clients[1].GetPostsAsync("home"));
    }
}
