namespace LiveStreams.TestKit;

/// <summary>A Redis Cluster of three nodes that share the slots.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private readonly List<RedisServer> _nodes = [];

    public string Connection => string.Join(',', _nodes.Select(node => node.Connection));

    /// <summary>The number of script calls that its nodes have received.</summary>
    public async Task<int> ScriptCallsAsync() =>
        (await Task.WhenAll(_nodes.Select(node => node.ScriptCallsAsync()))).Sum();

    /// <summary>Runs redis-cli against the node that holds the command's keys, and returns what it prints.</summary>
    public Task<string> CliAsync(params string[] arguments) => _nodes[0].CliAsync(["-c", .. arguments]);

    /// <summary>Deletes all keys of all nodes.</summary>
    public Task FlushAsync() => Task.WhenAll(_nodes.Select(node => node.CliAsync("FLUSHALL")));

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _nodes.Add(await RedisServer.StartAsync("--cluster-enabled", "yes"));
        }

        var created = await _nodes[0].CliAsync(
            ["--cluster", "create", .. _nodes.Select(node => node.Connection), "--cluster-yes"]);
        Assert.Contains("All 16384 slots covered", created, StringComparison.Ordinal);
        foreach (var node in _nodes)
        {
            await node.WaitForSlotsAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
