using System.Diagnostics.Metrics;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Tests.Limits;

public sealed class RefusalCounterTests : IDisposable
{
    private readonly Meter _meter = new(ServerMetrics.MeterName);
    private readonly MeterListener _listener = new();
    private readonly List<string> _recorded = [];

    public RefusalCounterTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => _recorded.Add($"{instrument.Name} {tags[0]} {value}"));
        _listener.Start();
    }

    [Fact]
    public void A_refusal_is_counted_under_the_limit_that_caused_it()
    {
        var counter = new RefusalCounter(new ServerMetrics(_meter, "none"));
        counter.Count(Problem.Full);
        counter.Count(Problem.PageRate);
        counter.Count(Problem.UnsentFull);

        // These are refusals for other reasons.
        counter.Count(Problem.Stopping);
        counter.Count(Problem.PageName);

        Assert.Equal(
            [
                "livestreams.refusals [limit, full] 1",
                "livestreams.refusals [limit, page-rate] 1",
                "livestreams.refusals [limit, unsent-full] 1",
            ],
            _recorded);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }
}
