using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>Appends of several pages share no call if all keys of a call must be in one slot.</summary>
public sealed class RedisSlotTests(RedisCluster cluster) : IClassFixture<RedisCluster>
{
    private static readonly PageId[] _pages = [.. Enumerable.Range(0, 100).Select(i => PageId.Parse($"{i}"))];

    [Fact]
    public async Task A_redis_cluster_gets_a_call_for_each_page()
    {
        using var engine = await OpenAsync(cluster.Connection);
        var before = await cluster.ScriptCallsAsync();
        var appending = _pages.Select(page => engine.Log.AppendAsync(page, Drafts.Text("x")));
        var results = await Task.WhenAll(appending).BoundedAsync();

        Assert.All(results, result => Assert.Equal(1, result.Id.Sequence));
        Assert.Equal(_pages.Length, await cluster.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task An_undetected_cluster_gets_a_call_for_each_page_once_it_has_refused_keys_of_many_slots()
    {
        using var node = await RedisServer.StartAsync("--cluster-enabled", "yes");
        await node.CliAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await node.WaitForSlotsAsync();

        // The client must not find out that this is a cluster.
        await node.CliAsync("ACL", "SETUSER", "default", "-cluster", "-info");
        using var engine = await OpenAsync(node.Connection);

        await node.CliAsync("ACL", "SETUSER", "default", "+info");
        var before = await node.ScriptCallsAsync();
        node.Pause();
        var appending = _pages.Select(page => engine.Log.AppendAsync(page, Drafts.Text("x"))).ToList();
        node.Resume();
        var results = await Task.WhenAll(appending).BoundedAsync();

        Assert.All(results, result => Assert.Equal(1, result.Id.Sequence));
        Assert.Equal(_pages.Length, await node.ScriptCallsAsync() - before);
    }

    private static Task<Engine> OpenAsync(string connection) =>
        RedisEngine.OpenAsync(new RedisOptions { Connection = connection }, new HistoryOptions());
}
