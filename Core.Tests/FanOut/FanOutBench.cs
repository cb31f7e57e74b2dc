using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A page's whole path in one process, every part real but the store, the bus and the clock, which the test holds in its hands.</summary>
internal sealed class FanOutBench
{
    public static readonly PageId Home = PageId.Parse("home");

    private readonly LocalBus _localBus = new();

    public FanOutBench(int ringFrames = 4, int maxUpdates = 1_000_000, int ringBytes = 1 << 20, bool mayLose = true)
    {
        Options = new SubscriberOptions { RingFrames = ringFrames, RingBytes = ringBytes };
        var history = new HistoryOptions { MaxUpdates = maxUpdates };
        Log = new ControlledLog(() => new MemoryLog(history, new PostOptions(), _localBus, Time));
        Bus = new LossyBus(_localBus) { IsLossy = mayLose };
        Feeds = new FeedRegistry(Log, Bus, Options, Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public SubscriberOptions Options { get; }

    public ControlledLog Log { get; }

    public LossyBus Bus { get; }

    public FeedRegistry Feeds { get; }

    public async Task<UpdateId> PublishAsync(string data, bool keep = true) => (await Log.AppendAsync(Home, Drafts.Text(data, keep: keep))).Id;

    public async Task<UpdateId> PublishAsync(int from, int to)
    {
        var last = UpdateId.None;
        for (var n = from; n <= to; n++)
        {
            last = await PublishAsync($"{n}");
        }

        return last;
    }

    public Task<PublishResult> PublishAsync(UpdateDraft draft) => Log.AppendAsync(Home, draft);

    public async Task<TestReader> SubscribeAsync(UpdateId position)
    {
        var reader = new TestReader();
        await reader.StartAsync(Feeds, Home, position);
        return reader;
    }

    /// <summary>Turns the clock by so many seconds, as the process does.</summary>
    public async Task TickAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            await Feeds.TickAsync();
        }
    }

    /// <summary>Turns the clock for as long as it takes.</summary>
    public async Task<T> TickUntilAsync<T>(Task<T> result)
    {
        while (!result.IsCompleted)
        {
            await Feeds.TickAsync();
            await Task.Yield();
        }

        return await result;
    }
}
