using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Publishes at a steady rate, slow enough that each update is delivered long before the next.</summary>
internal sealed class PacedScenario(int subscribers, int updatesPerSecond, TimeSpan duration) : Scenario
{
    private const int Publishers = 8;

    public override string Title => $"paced, 1 page × {subscribers:N0} subscribers, {updatesPerSecond} updates/s";

    public override int Streams => subscribers;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var shape = new LoadShape(subscribers, Publishers: Publishers);
        var pacing = new FixedRate(updatesPerSecond);
        var (result, cpu) = await PublishAsync(server, shape, pacing, duration, cancellationToken);
        return
        [
            new("POST-to-event p50, ms", result.Latencies.Percentile(0.5)),
            new("POST-to-event p99, ms", result.Latencies.Percentile(0.99)),
            new("server CPU, ms per update", cpu.TotalMilliseconds / result.Updates),
            LoadShare(result),
        ];
    }
}
