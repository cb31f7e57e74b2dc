using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Many publishers, hardly anyone watching: what a publish costs. LiveStreams answers when the update is on the disk; Nchan keeps nothing there.</summary>
internal sealed class Publish(int connections, int pages, bool hasKeys, TimeSpan duration) : Scenario
{
    public override string Title =>
        $"publish, {connections} connections over {pages} pages with one subscriber each{(hasKeys ? ", each with an idempotency key" : "")}";

    public override int Streams => pages;

    public override Abilities Needs => Abilities.Pages;

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
