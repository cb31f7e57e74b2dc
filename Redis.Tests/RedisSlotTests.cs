using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>Where the keys of a call must be of one slot, appends of several pages share none.</summary>
public sealed class RedisSlotTests(RedisCluster cluster) : IClassFixture<RedisCluster>
{
    private static readonly PageId[] _pages = [.. Enumerable.Range(0, 100).Select(i => PageId.Parse($"{i}"))];

    [Fact]
    public async Task In_a_redis_cluster_every_page_has_its_own_call()
    {
        using var engine = await RedisEngine.OpenAsync(new RedisOptions { Connection = cluster.Connection }, new HistoryOptions());
        var before = await cluster.ScriptCallsAsync();
        var answers = await Task.WhenAll(_pages.Select(page => engine.Log.AppendAsync(page, Drafts.Text("x")))).BoundedAsync();

        Assert.All(answers, answer => Assert.Equal(1, answer.Id.Sequence));
        Assert.Equal(_pages.Length, await cluster.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task A_redis_that_refuses_keys_of_many_slots_without_being_known_as_a_cluster_is_asked_page_by_page()
    {
        using var node = await RedisServer.StartAsync("--cluster-enabled", "yes");
        await node.CliAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Wait.UntilAsync(async () => (await node.CliAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal), "the slots are served");

        // So that the client cannot find out.
        await node.CliAsync("ACL", "SETUSER", "default", "-cluster", "-info");
        using var engine = await RedisEngine.OpenAsync(new RedisOptions { Connection = node.Connection }, new HistoryOptions());

        await node.CliAsync("ACL", "SETUSER", "default", "+info");
        var before = await node.ScriptCallsAsync();
        node.Pause();
        var appending = _pages.Select(page => engine.Log.AppendAsync(page, Drafts.Text("x"))).ToList();
        node.Resume();
        var answers = await Task.WhenAll(appending).BoundedAsync();

        Assert.All(answers, answer => Assert.Equal(1, answer.Id.Sequence));
        Assert.Equal(_pages.Length, await node.ScriptCallsAsync() - before);
    }
}
