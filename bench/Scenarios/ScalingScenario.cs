using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Measures how the cost of an update grows with the number of subscribers of its page, with one update outstanding.
/// </summary>
internal sealed class ScalingScenario(int subscribers, TimeSpan duration) : Scenario
{
    public const string CpuPerEvent = "server CPU, µs per delivered event";
    private const int Publishers = 8;

    public int Subscribers => subscribers;

    public override string Title => $"scaling, 1 page × {subscribers:N0} subscribers, 1 outstanding";

    public override int Streams => subscribers;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var shape = new LoadShape(subscribers, Publishers: Publishers);
        var pacing = new ClosedLoop(subscribers);
        var (result, cpu) = await PublishAsync(server, shape, pacing, duration, cancellationToken);
        return [new(CpuPerEvent, cpu.TotalMicroseconds / result.Delivered), LoadShare(result)];
    }
}
