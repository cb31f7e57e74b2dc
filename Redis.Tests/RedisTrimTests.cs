using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>What a page's stream in Redis holds beyond what readers see.</summary>
public sealed class RedisTrimTests : OwnRedisTests
{
    [Fact]
    public async Task A_small_history_of_large_updates_never_holds_more_than_twice_its_limit()
    {
        Engine.History.MaxUpdates = 10;
        for (var n = 1; n <= 45; n++)
        {
            // Larger than a node of the stream (stream-node-max-bytes), which goes as a whole or not at all.
            await Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text(new string('x', 5000)));
            Assert.InRange(int.Parse(await Server.CliAsync("XLEN", "livestreams:{home}:log"), null), Math.Min(n, 10), 20);
        }
    }
}
