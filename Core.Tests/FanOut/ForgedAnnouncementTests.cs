namespace LiveStreams.Core.Tests.FanOut;

/// <summary>Announcements of updates that do not exist, as another program may publish them in Redis.</summary>
public sealed class ForgedAnnouncementTests
{
    [Fact]
    public async Task Any_number_of_forged_announcements_cost_a_few_reads_and_lose_nothing()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        var first = await fanOut.PublishAsync("1");
        Assert.Equal("1", await reader.NextDataAsync());
        var reads = fanOut.Log.Reads;
        fanOut.Bus.Deliver = update => update.IsLiveOnly
            ? [update with { Id = new UpdateId(first.Epoch, 1_000_000) }, update with { Id = new UpdateId(7, 3) }]
            : [update];

        await ForgeAsync(10_000);
        Assert.InRange(fanOut.Log.Reads - reads, 1, 5);
        await fanOut.TickAsync(1);
        await ForgeAsync(10_000);
        Assert.InRange(fanOut.Log.Reads - reads, 1, 15);

        await fanOut.PublishAsync("2");
        Assert.Equal("2", await fanOut.TickUntilAsync(reader.NextDataAsync()));

        // In between the log is read on another thread.
        async Task ForgeAsync(int announcements)
        {
            for (var n = 0; n < announcements; n++)
            {
                await fanOut.PublishAsync("forged", keep: false);
                await Task.Yield();
            }
        }
    }
}
