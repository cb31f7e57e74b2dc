using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>How much more than the history the stream of a page in Redis holds.</summary>
public sealed class RedisTrimTests : OwnRedisTests
{
    [Fact]
    public async Task The_stream_of_a_small_history_of_large_updates_never_holds_more_than_twice_its_limit()
    {
        Engine.History.MaxUpdates = 10;
        for (var n = 1; n <= 45; n++)
        {
            // Larger than a node of the stream (stream-node-max-bytes), which is trimmed only as a whole.
            await Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text(new string('x', 5000)));
            var length = int.Parse(await Server.CliAsync("XLEN", "livestreams:{home}:log"), null);
            Assert.InRange(length, Math.Min(n, 10), 20);
        }
    }
}
