using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Measures the cost of a publish: many publishers, and one subscriber per page. LiveStreams responds when the update
/// is on disk; Nchan keeps updates in memory only.
/// </summary>
internal sealed class PublishScenario(int connections, int pages, bool hasKeys, TimeSpan duration) : Scenario
{
    public override string Title =>
        $"publish, {connections} connections over {pages} pages with one subscriber each"
        + (hasKeys ? ", each with an idempotency key" : "");

    public override int Streams => pages;

    public override ServerCapabilities RequiredCapabilities => ServerCapabilities.Pages;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var shape = new LoadShape(pages, pages, connections) { HasKeys = hasKeys };
        var (result, cpu) = await PublishAsync(server, shape, ClosedLoop.Unbounded, duration, cancellationToken);
        return
        [
            new("answered/s", result.Updates / result.AnsweredAfter.TotalSeconds),
            new("server CPU, µs per publish", cpu.TotalMicroseconds / result.Updates),
            LoadShare(result),
        ];
    }
}
