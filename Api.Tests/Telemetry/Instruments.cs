using System.Diagnostics.Metrics;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>The instruments of the meter <c>LiveStreams</c>.</summary>
internal static class Instruments
{
    public static IReadOnlyList<Instrument> All()
    {
        using var meter = new Meter(ServerMetrics.MeterName);
        using var listener = new MeterListener();
        var instruments = new List<Instrument>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == meter)
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        _ = new ServerMetrics(meter, "none");
        return instruments;
    }

    /// <summary>The names of an instrument's samples in Prometheus.</summary>
    public static IEnumerable<string> PrometheusNamesOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        var full = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return instrument switch
        {
            Histogram<double> => [$"{full}_bucket", $"{full}_sum", $"{full}_count"],
            Counter<long> or ObservableCounter<long> or ObservableCounter<double> => [$"{full}_total"],
            _ => [full],
        };
    }
}
