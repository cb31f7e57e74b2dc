using LiveStreams.Core.Memory;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.Memory;

public sealed class MemoryEngineTests : EngineContract
{
    protected override Task<Engine> OpenAsync(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new FakeTimeProvider();
        var posts = Engine.NewPostOptions();
        var log = new MemoryLog(history, posts, bus, time);
        return Task.FromResult(new Engine(log, bus, time, history, posts) { Index = log });
    }

    protected override async Task LoseAllPagesAsync() => Use(await OpenAsync(Engine.History));
    [Fact]
    public async Task A_key_that_was_used_while_the_clock_was_far_ahead_expires()
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddYears(10));
        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        Engine.Time.AdjustTime(now);

        Assert.Equal(PublishResult.Repeated(first.Id), await Log.AppendAsync(Home, Drafts.Text("a", key: "k")));
        Engine.Time.Advance(UpdateDraft.KeyLifetime + TimeSpan.FromSeconds(1));
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
    }
}
