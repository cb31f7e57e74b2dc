using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Presence;

/// <summary>How soon the number of a page's streams is right on every node, of three processes.</summary>
[Collection(nameof(Alone))]
[Trait(Tier.Name, Tier.All)]
public sealed class PresenceTimeTests : IAsyncLifetime
{
    private readonly List<ServerProcess> _nodes = [];
    private readonly List<ApiClient> _clients = [];
    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        for (var n = 0; n < 3; n++)
        {
            _nodes.Add(await ServerProcess.StartAsync($"--Redis:Connection={_redis.Connection}"));
            _clients.Add(new ApiClient(_nodes[n].Address));
        }
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _nodes.ForEach(node => node.Dispose());
        _redis.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Joins_and_leaves_are_known_within_2_s_a_stop_at_once_and_a_kill_within_30_s()
    {
        await using var first = await _clients[0].SubscribeAsync("home");
        await using var second = await _clients[1].SubscribeAsync("home");
        await using var third = await _clients[2].SubscribeAsync("home");
        await AssertKnownAsync(3, TimeSpan.FromSeconds(2), _clients);
        for (var round = 0; round < 5; round++)
        {
            // The node with the stream knows the number at once, and when its client has closed the connection.
            var node = _clients[round % _clients.Count];
            await using (await node.SubscribeAsync("home"))
            {
                await WaitUntilKnownAsync(node, 4);
                await AssertKnownAsync(4, TimeSpan.FromSeconds(2), _clients);
            }

            await WaitUntilKnownAsync(node, 3);
            await AssertKnownAsync(3, TimeSpan.FromSeconds(2), _clients);
        }

        await _nodes[2].KillAsync();
        await AssertKnownAsync(2, TimeSpan.FromSeconds(30), _clients.Take(2));

        _nodes[1].Terminate();
        await AssertKnownAsync(1, TimeSpan.FromSeconds(2), _clients.Take(1));
    }

    private static async Task AssertKnownAsync(int expected, TimeSpan limit, IEnumerable<ApiClient> clients)
    {
        var start = TimeProvider.System.GetTimestamp();
        foreach (var client in clients)
        {
            await WaitUntilKnownAsync(client, expected);
        }

        var elapsed = TimeProvider.System.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper!.WriteLine($"{expected} streams: {elapsed.TotalSeconds:0.0} s");
        Assert.True(elapsed < limit, $"{expected} streams are known after {elapsed.TotalSeconds:0.0} s.");
    }

    private static Task WaitUntilKnownAsync(ApiClient client, int expected) => Wait.UntilAsync(
        async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == expected,
        $"{expected} streams");
}
