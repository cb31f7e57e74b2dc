using System.Diagnostics.Metrics;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStreams.Api.Tests.Limits;

public sealed class LimitMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _recorded = [];
    private readonly StreamLimiter _limiter = new(new LimitOptions());
    private readonly FeedRegistry _feeds;
    private readonly LimitMetrics _metrics;

    public LimitMetricsTests()
    {
        var bus = new LocalBus();
        _feeds = new FeedRegistry(
            new BoundedReadLog(
                new MemoryLog(new HistoryOptions(), new PostOptions(), bus, TimeProvider.System), TimeProvider.System),
            bus,
            new LocalPresence(),
            new SubscriberOptions(),
            UnsentLimits.None,
            TimeProvider.System);
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "LiveStreams" && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
        _metrics = new LimitMetrics(factory, _feeds, _limiter);
    }

    [Fact]
    public void A_refusal_is_counted_under_the_limit_that_caused_it()
    {
        _metrics.Count(Problem.Full);
        _metrics.Count(Problem.AddressFull);
        _metrics.Count(Problem.AddressFull);
        _metrics.Count(Problem.PageRate);
        _metrics.Count(Problem.UnsentFull);

        // These are refusals for other reasons.
        _metrics.Count(Problem.Stopping);
        _metrics.Count(Problem.PageName);

        Assert.Equal(
            ["refusals address-full=2", "refusals full=1", "refusals page-rate=1", "refusals unsent-full=1"],
            Recorded());
    }

    [Fact]
    public async Task Open_streams_and_their_addresses_and_pages_are_counted()
    {
        var scope = StreamScope.Of(PageId.Parse("home"), EventFilter.All);
        Assert.True(_limiter.TryAcquire(new ClientAddress(1), scope, out var lease, out _));
        var subscriber = await _feeds.SubscribeAsync(
            scope, "owner", lease, TestContext.Current.CancellationToken);
        _listener.RecordObservableInstruments();
        Assert.Equal(["pages.watched=1", "subscribers=1", "subscribers.addresses=1"], RecordedOfStreams());

        subscriber.Dispose();
        _recorded.Clear();
        _listener.RecordObservableInstruments();
        Assert.Equal(["pages.watched=1", "subscribers=0", "subscribers.addresses=0"], RecordedOfStreams());
    }

    [Fact]
    public void What_is_held_for_slow_readers_and_why_they_are_cut_are_counted()
    {
        _listener.RecordObservableInstruments();

        Assert.Equal(
            ["readers.cut snapshot=0", "readers.cut stalled=0", "readers.cut unsent=0", "unsent.bytes=0"],
            Recorded().Except(RecordedOfStreams()));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Record(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name["livestreams.".Length..] + (tags.Length == 0 ? "" : $" {tags[0].Value}");
        _recorded[name] = _recorded.GetValueOrDefault(name) + value;
    }

    private string[] RecordedOfStreams() =>
        [.. Recorded().Where(line => line[0] is 'p' or 's')];

    private string[] Recorded() =>
        [.. _recorded.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")];
}
