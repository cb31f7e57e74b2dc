using System.Diagnostics.Metrics;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStreams.Api.Tests.Limits;

public sealed class LimitMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _seen = [];
    private readonly StreamLimiter _limiter = new(new LimitOptions());
    private readonly FeedRegistry _feeds;
    private readonly LimitMetrics _metrics;

    public LimitMetricsTests()
    {
        var bus = new LocalBus();
        _feeds = new FeedRegistry(new MemoryLog(new HistoryOptions(), new PostOptions(), bus, TimeProvider.System), bus, new SubscriberOptions(), TimeProvider.System);
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "LiveStreams" && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
        _metrics = new LimitMetrics(factory, _feeds, _limiter);
    }

    [Fact]
    public void A_refusal_is_counted_by_the_limit_that_was_in_the_way()
    {
        _metrics.Count(Problem.Full);
        _metrics.Count(Problem.AddressFull);
        _metrics.Count(Problem.AddressFull);
        _metrics.Count(Problem.PageRate);

        // Not for a limit.
        _metrics.Count(Problem.Stopping);
        _metrics.Count(Problem.PageName);

        Assert.Equal(["refusals address-full=2", "refusals full=1", "refusals page-rate=1"], Seen());
    }

    [Fact]
    public async Task Streams_their_addresses_and_their_pages_are_counted_while_they_are_there()
    {
        Assert.True(_limiter.TryAcquire(new ClientAddress(1), out var lease, out _));
        var subscriber = await _feeds.SubscribeAsync(PageId.Parse("home"), () => { }, lease, TestContext.Current.CancellationToken);
        _listener.RecordObservableInstruments();
        Assert.Equal(["pages.watched=1", "subscribers=1", "subscribers.addresses=1"], Seen());

        subscriber.Dispose();
        _seen.Clear();
        _listener.RecordObservableInstruments();
        Assert.Equal(["pages.watched=1", "subscribers=0", "subscribers.addresses=0"], Seen());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void See(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name["livestreams.".Length..] + (tags.Length == 0 ? "" : $" {tags[0].Value}");
        _seen[name] = _seen.GetValueOrDefault(name) + value;
    }

    private string[] Seen() => [.. _seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")];
}
