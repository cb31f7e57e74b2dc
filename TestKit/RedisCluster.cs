using System.Globalization;
using System.Text.RegularExpressions;

namespace LiveStreams.TestKit;

/// <summary>A Redis Cluster of three masters that share the slots, each with as many replicas as asked for.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private const int Masters = 3;

    private readonly List<RedisServer> _nodes = [];
    private readonly int _replicas;
    private readonly string[] _options;

    /// <summary>Without replicas, as a fixture of test classes.</summary>
    public RedisCluster()
        : this(0)
    {
    }

    private RedisCluster(int replicas, params string[] options) => (_replicas, _options) = (replicas, options);

    /// <summary>All nodes, masters first.</summary>
    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public string Connection => string.Join(',', _nodes.Select(node => node.Connection));

    /// <param name="replicas">The number of replicas of each master.</param>
    /// <param name="options">Options of every node.</param>
    public static async Task<RedisCluster> StartAsync(int replicas, params string[] options)
    {
        var cluster = new RedisCluster(replicas, options);
        await cluster.InitializeAsync();
        return cluster;
    }

    /// <summary>The number of script calls that its nodes have received.</summary>
    public async Task<int> ScriptCallsAsync() =>
        (await Task.WhenAll(_nodes.Select(node => node.ScriptCallsAsync()))).Sum();

    /// <summary>The number of messages of a kind that the nodes have sent to each other.</summary>
    /// <param name="kind"><c>publish</c> or <c>publishshard</c>.</param>
    public async Task<int> BusMessagesAsync(string kind)
    {
        var all = await Task.WhenAll(
            _nodes.Where(node => node.IsRunning).Select(node => node.CliAsync("CLUSTER", "INFO")));
        return all.Select(info => Regex.Match(info, $@"cluster_stats_messages_{kind}_sent:(\d+)").Groups[1].Value)
            .Sum(count => count.Length == 0 ? 0 : int.Parse(count, CultureInfo.InvariantCulture));
    }

    /// <summary>Runs redis-cli against the node that holds the command's keys, and returns what it prints.</summary>
    public Task<string> CliAsync(params string[] arguments) => _nodes[0].CliAsync(["-c", .. arguments]);

    /// <summary>Deletes all keys of all nodes.</summary>
    public Task FlushAsync() => Task.WhenAll(_nodes.Select(node => node.CliAsync("FLUSHALL")));

    /// <summary>The slot of a key or channel.</summary>
    public async Task<string> SlotOfAsync(string name) => await _nodes[0].CliAsync("CLUSTER", "KEYSLOT", name);

    /// <summary>The running master that serves a slot.</summary>
    public async Task<RedisServer> OwnerOfAsync(string slot)
    {
        foreach (var node in _nodes.Where(node => node.IsRunning))
        {
            if (Serves(await node.CliAsync("CLUSTER", "NODES"), int.Parse(slot, CultureInfo.InvariantCulture)))
            {
                return node;
            }
        }

        throw new InvalidOperationException($"No running master serves slot {slot}.");
    }

    /// <summary>Moves a slot with its keys to another master, as <c>redis-cli --cluster reshard</c> does.</summary>
    public async Task MigrateAsync(string slot, RedisServer source, RedisServer target)
    {
        var (sourceId, targetId) = (await source.CliAsync("CLUSTER", "MYID"), await target.CliAsync("CLUSTER", "MYID"));
        await SetSlotAsync(target, "IMPORTING", sourceId);
        await SetSlotAsync(source, "MIGRATING", targetId);
        while (await source.CliAsync("CLUSTER", "GETKEYSINSLOT", slot, "1000") is { Length: > 0 } keys)
        {
            var moved = await source.CliAsync(
                ["MIGRATE", "127.0.0.1", $"{target.Port}", "", "0", "5000", "KEYS", .. keys.Split('\n')]);
            Assert.True(moved is "OK" or "NOKEY", moved);
        }

        foreach (var node in _nodes.Take(Masters).OrderByDescending(node => node == target))
        {
            await SetSlotAsync(node, "NODE", targetId);
        }

        async Task SetSlotAsync(RedisServer node, string state, string id) =>
            Assert.Equal("OK", await node.CliAsync("CLUSTER", "SETSLOT", slot, state, id));
    }

    public async ValueTask InitializeAsync()
    {
        var count = Masters * (1 + _replicas);
        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(0, count)
            .Select(_ => RedisServer.StartAsync(["--cluster-enabled", "yes", .. _options]))));
        var created = await _nodes[0].CliAsync(
            [
                "--cluster", "create", .. _nodes.Select(node => node.Connection),
                "--cluster-replicas", $"{_replicas}", "--cluster-yes",
            ]);
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

    // The line of a node about itself ends with its ranges of slots: "… myself,master … connected 0-5460 5462".
    private static bool Serves(string nodes, int slot) => Regex
        .Match(nodes, "myself,master.* connected(?<range> [0-9-]+)*", RegexOptions.ExplicitCapture)
        .Groups["range"].Captures
        .Select(range => range.Value.Trim().Split('-'))
        .Any(range => int.Parse(range[0], CultureInfo.InvariantCulture) <= slot
            && slot <= int.Parse(range[^1], CultureInfo.InvariantCulture));
}
