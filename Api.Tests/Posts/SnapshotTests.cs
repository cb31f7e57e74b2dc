using System.Diagnostics;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>A newcomer's snapshot and what follows it make the page as it stands, in every size.</summary>
public sealed class SnapshotTests
{
    private const int Newcomers = 100;
    private const int ChangesPerNewcomer = 5;
    private const int ChangesPerSecond = 200;
    private const int Publishers = 8;

    [Fact]
    public async Task In_the_embedded_size()
    {
        await using var api = await InProcessApi.StartAsync();
        using var client = new ApiClient(api.Address);
        await NewcomersEndWithTheSamePostsAsync(client, client);
    }

    [Fact]
    public async Task In_memory()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await NewcomersEndWithTheSamePostsAsync(client, client);
    }

    [Fact]
    public async Task Over_redis_from_another_node_than_the_publishers()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await NewcomersEndWithTheSamePostsAsync(nodes.Clients[0], nodes.Clients[1]);
    }

    [Fact]
    public async Task Whoever_has_not_had_the_whole_snapshot_holds_no_position_behind_it()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await HoldsNoneAsync("0");
        await HoldsNoneAsync(await client.PutPostAsync("home", "a", "A"));

        async Task HoldsNoneAsync(string id)
        {
            await using var newcomer = await client.SubscribeAsync("home", query: "?snapshot=true");
            Assert.Equal("retry: 2000\n: live\n\n", await newcomer.NextBlockAsync());
            Assert.StartsWith($"id: {id}\nevent: snapshot\n", await newcomer.NextBlockAsync(), StringComparison.Ordinal);

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
    public async Task A_question_that_is_not_understood_is_refused(string query)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        using var response = await client.GetAsync($"/pages/home/events{query}");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("urn:livestreams:problem:query", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>While posts change, newcomers come one after the other; when the publishers have stopped each has what the page has.</summary>
    internal static async Task NewcomersEndWithTheSamePostsAsync(ApiClient publisher, ApiClient subscriber)
    {
        var started = Stopwatch.StartNew();
        await publisher.PutPostAsync("home", "0", "first");
        using var stop = new CancellationTokenSource();
        var changes = 0;
        var publishing = Enumerable.Range(0, Publishers).Select(n => PublishAsync(publisher, n, () => Interlocked.Increment(ref changes), started, stop.Token)).ToArray();
        var readers = new List<Task<LivePage>>();
        var finished = new TaskCompletionSource<string>();
        for (var n = 1; n <= Newcomers; n++)
        {
            readers.Add(LivePage.FollowAsync(subscriber, finished.Task));
            await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref changes) >= n * ChangesPerNewcomer), "more changes");
        }

        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        TestContext.Current.TestOutputHelper?.WriteLine($"{changes / started.Elapsed.TotalSeconds:F0} changes a second");
        finished.SetResult(await publisher.PutPostAsync("home", "last", "last"));

        var expected = await publisher.PostsAsync("home");
        Assert.True(expected.Length > 10, "Many posts are left.");
        foreach (var reader in readers)
        {
            Assert.Equal(expected, (await reader.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Posts);
        }
    }

    // Posts appear, change, hide and go, paced to the rate.
    private static async Task PublishAsync(ApiClient client, int seed, Func<int> count, Stopwatch started, CancellationToken stopping)
    {
        var random = new Random(seed);
        while (!stopping.IsCancellationRequested)
        {
            var (id, other, n) = (random.Next(40), random.Next(40), count());
            await (random.Next(5) switch
            {
                0 => client.DeletePostAsync("home", $"{id}"),
                1 => client.PutPostAsync("home", $"{id}", $"<p>hidden {n}</p>", "?show=false"),
                2 => client.ChangePostsAsync("home", $$$"""{"renders":{"{{{id}}}":{"show":true,"content":"{{{n}}}"},"x{{{id}}}":{"show":true,"content":""}},"removals":["x{{{other}}}"]}"""),
                _ => client.PutPostAsync("home", $"{id}", $"<p>{n}</p>"),
            });
            await Wait.UntilAsync(() => Task.FromResult(n <= ChangesPerSecond * started.Elapsed.TotalSeconds), "its turn");
        }
    }
}
