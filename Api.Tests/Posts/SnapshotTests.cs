using System.Diagnostics;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>A new subscriber can build the current page from its snapshot and the updates after it.</summary>
public sealed class SnapshotTests
{
    private const int NewSubscribers = 100;
    private const int ChangesPerSubscriber = 5;
    private const int ChangesPerSecond = 200;
    private const int Publishers = 8;

    [Fact]
    public async Task New_subscribers_of_an_embedded_server_receive_the_same_posts()
    {
        await using var api = await InProcessApi.StartAsync();
        using var client = new ApiClient(api.Address);
        await AssertNewSubscribersConvergeAsync(client, client);
    }

    [Fact]
    public async Task New_subscribers_of_an_in_memory_server_receive_the_same_posts()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await AssertNewSubscribersConvergeAsync(client, client);
    }

    [Fact]
    public async Task New_subscribers_at_another_redis_node_receive_the_same_posts()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await AssertNewSubscribersConvergeAsync(nodes.Clients[0], nodes.Clients[1]);
    }

    [Fact]
    public async Task A_subscriber_receives_no_position_before_the_whole_snapshot()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await AssertNoEarlierPositionAsync("0");
        await AssertNoEarlierPositionAsync(await client.PutPostAsync("home", "a", "A"));

        async Task AssertNoEarlierPositionAsync(string id)
        {
            await using var newSubscriber = await client.SubscribeAsync("home", query: "?snapshot=true");
            Assert.Equal("retry: 2000\n: live\n\n", await newSubscriber.NextBlockAsync());
            Assert.StartsWith(
                $"id: {id}\nevent: snapshot\n",
                await newSubscriber.NextBlockAsync(),
                StringComparison.Ordinal);

            await using var reset = await client.SubscribeAsync("home", "000000000abc-7", "?snapshot=true");
            Assert.Equal("retry: 2000\n: live\n\n", await reset.NextBlockAsync());
            Assert.StartsWith("event: reset\n", await reset.NextBlockAsync(), StringComparison.Ordinal);
            Assert.StartsWith($"id: {id}\nevent: snapshot\n", await reset.NextBlockAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("?snapshot=maybe")]
    [InlineData("?snapshot=true&from=earliest")]
    [InlineData("?snapshot=true&from=-1")]
    [InlineData("?snapshot=true&since=10m")]
    public async Task An_invalid_query_is_rejected(string query)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        using var response = await client.GetAsync($"/pages/home/events{query}");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(
            "urn:livestreams:problem:query",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    /// <summary>
    /// Subscribers join one after the other while posts change. When the publishers have stopped, each subscriber must
    /// have the posts of the page.
    /// </summary>
    internal static async Task AssertNewSubscribersConvergeAsync(ApiClient publisher, ApiClient subscriber)
    {
        var started = Stopwatch.StartNew();
        await publisher.PutPostAsync("home", "0", "first");
        using var stop = new CancellationTokenSource();
        var changes = 0;
        var publishing = Enumerable.Range(0, Publishers)
            .Select(n => PublishAsync(publisher, n, () => Interlocked.Increment(ref changes), started, stop.Token))
            .ToArray();
        var readers = new List<Task<PageReplica>>();
        var finished = new TaskCompletionSource<string>();
        for (var n = 1; n <= NewSubscribers; n++)
        {
            readers.Add(PageReplica.FollowAsync(subscriber, finished.Task));
            await Wait.UntilAsync(
                () => Volatile.Read(ref changes) >= n * ChangesPerSubscriber,
                "more changes are published");
        }

        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{changes / started.Elapsed.TotalSeconds:F0} changes a second");
        finished.SetResult(await publisher.PutPostAsync("home", "last", "last"));

        var expected = await publisher.GetPostsAsync("home");
        Assert.True(expected.Length > 10, $"Only {expected.Length} posts are left.");
        foreach (var reader in readers)
        {
            var replica = await reader.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal(expected, replica.Posts);
        }
    }

    // Adds, changes, hides and removes posts at a limited rate.
    private static async Task PublishAsync(
        ApiClient client,
        int seed,
        Func<int> count,
        Stopwatch started,
        CancellationToken stopping)
    {
        var random = new Random(seed);
        while (!stopping.IsCancellationRequested)
        {
            var (id, other, n) = (random.Next(40), random.Next(40), count());
            await (random.Next(5) switch
            {
                0 => client.DeletePostAsync("home", $"{id}"),
                1 => client.PutPostAsync("home", $"{id}", $"<p>hidden {n}</p>", "?show=false"),
                2 => client.ChangePostsAsync(
                    "home",
                    $$$"""{"renders":{"{{{id}}}":{"show":true,"content":"{{{n}}}"},"""
                    + $$$""" "x{{{id}}}":{"show":true,"content":""}},"removals":["x{{{other}}}"]}"""),
                _ => client.PutPostAsync("home", $"{id}", $"<p>{n}</p>"),
            });
            await Wait.UntilAsync(
                () => n <= ChangesPerSecond * started.Elapsed.TotalSeconds,
                "the next change is due");
        }
    }
}
