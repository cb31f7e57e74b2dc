using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.Core.Unsent;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>
/// The fan-out of a page in one process. All parts are real except the store, the bus and the clock, which the test
/// controls.
/// </summary>
internal sealed class FanOutHarness
{
    public static readonly PageId Home = PageId.Parse("home");

    private readonly LocalBus _localBus = new();

    public FanOutHarness(
        int ringFrames = 4,
        int maxUpdates = 1_000_000,
        int ringBytes = 1 << 20,
        bool mayLose = true,
        UnsentLimits? unsent = null)
    {
        Options = new SubscriberOptions { RingFrames = ringFrames, RingBytes = ringBytes };
        var history = new HistoryOptions { MaxUpdates = maxUpdates };
        Log = new ControlledLog(() => new MemoryLog(history, new PostOptions(), _localBus, Time));
        Bus = new LossyBus(_localBus) { IsLossy = mayLose };
        Reads = new BoundedReadLog(Log, Time);
        Feeds = new FeedRegistry(
            Reads, Bus, Presence, Options, unsent ?? UnsentLimits.None, ServerMetrics.CreateUnread(), Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public SubscriberOptions Options { get; }

    public ControlledLog Log { get; }

    /// <summary>What readers read the log through.</summary>
    public BoundedReadLog Reads { get; }

    public LossyBus Bus { get; }

    /// <summary>What the other nodes report.</summary>
    public OtherNodes Presence { get; } = new();

    public FeedRegistry Feeds { get; }

    /// <summary>The data of the updates that <see cref="PublishAsync(int, int)"/> publishes.</summary>
    public static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(n => $"{n}")];

    public async Task<UpdateId> HeadAsync() =>
        (await Log.HeadAsync(Home, TestContext.Current.CancellationToken)).Head;

    public async Task<UpdateId> PublishAsync(string data, bool keep = true) =>
        (await Log.AppendAsync(Home, Drafts.Text(data, keep: keep))).Id;

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

    /// <summary>A subscriber that the test starts itself.</summary>
    public ValueTask<Subscriber> JoinAsync(IStreamLease? lease = null) => Feeds.SubscribeAsync(
        StreamScope.Of(Home, EventFilter.All), "owner", lease, TestContext.Current.CancellationToken);

    public async Task<TestReader> SubscribeAsync(UpdateId position)
    {
        var reader = new TestReader();
        await reader.StartAsync(Feeds, Home, position);
        return reader;
    }

    /// <summary>When this is canceled, <see cref="DrainAsync"/> hurries.</summary>
    public CancellationTokenSource Hurry { get; } = new();

    /// <summary>Ends all streams, as the process does when it stops.</summary>
    public Task DrainAsync(TimeSpan period = default) => new StreamDrain(Feeds, Time).RunAsync(period, Hurry.Token);

    /// <summary>Ticks once for each of these seconds, as the process does.</summary>
    public async Task TickAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            await Feeds.TickAsync();
        }
    }

    /// <summary>Ticks until the task is completed.</summary>
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
