using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The index in a Redis Cluster, where it is on another node than most pages.</summary>
public sealed class RedisClusterIndexTests(RedisCluster cluster) : IClassFixture<RedisCluster>
{
    private readonly string _prefix = $"{Guid.NewGuid()}:";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publish_does_not_wait_long_for_an_index_whose_node_hangs_and_the_page_is_listed_later()
    {
        using var engine = await RedisEngine.OpenAsync(
            new RedisOptions { Connection = cluster.Connection, Prefix = _prefix }, new HistoryOptions());
        var hanging = await OwnerOfAsync($"{_prefix}pages:{{index}}:names");
        PageId[] pages = [await PageElsewhereAsync(hanging, "a"), await PageElsewhereAsync(hanging, "b")];
        await engine.Index.ListAsync(NameRange.All, 1, Ct);
        hanging.Pause();

        var first = engine.Log.AppendAsync(pages[0], Drafts.Text("x"));
        await Wait.UntilAsync(
            () =>
            {
                engine.Time.Advance(TimeSpan.FromMilliseconds(100));
                return first.IsCompleted;
            },
            "the publish is done");
        var second = await engine.Log.AppendAsync(pages[1], Drafts.Text("x")).BoundedAsync();
        hanging.Resume();

        Assert.Equal((1, 1), ((await first).Id.Sequence, second.Id.Sequence));
        await Wait.UntilAsync(
            async () =>
            {
                engine.Time.Advance(TimeSpan.FromSeconds(1));
                return (await engine.Index.ListAsync(NameRange.All, 10, Ct)).SequenceEqual(pages);
            },
            "both pages are listed");
    }

    private async Task<RedisServer> OwnerOfAsync(string key) =>
        await cluster.OwnerOfAsync(await cluster.SlotOfAsync(key));

    // A page whose keys are on another node.
    private async Task<PageId> PageElsewhereAsync(RedisServer node, string name)
    {
        for (var n = 0; ; n++)
        {
            if (await OwnerOfAsync($"{_prefix}{{{name}{n}}}:meta") != node)
            {
                return PageId.Parse($"{name}{n}");
            }
        }
    }
}
