using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Streams on which nothing happens but heartbeats: what a new server process holds for each.</summary>
/// <param name="streams">How many.</param>
/// <param name="pages">Over how many pages.</param>
internal sealed class Idle(int streams, int pages) : Scenario
{
    /// <summary>Longer than a heartbeat, so that what a heartbeat takes counts too.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(20);

    public override string Title => pages == 1 ? $"idle, {streams:N0} streams on one page" : $"idle, {streams:N0} streams on a page each";

    public override int Streams => streams;

    public override Abilities Needs => pages == 1 ? Abilities.None : Abilities.Pages;

    public override bool IsCold => true;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var before = server.ResidentBytes;
        using var load = new LoadLoop(server, new LoadShape(streams, pages), cancellationToken);
        load.Connect(GentleUnanswered);
        await Task.Delay(_silence, TimeProvider.System, cancellationToken);
        await server.SettleAsync(cancellationToken);
        var held = server.ResidentBytes - before;
        load.ReadAll();
        return [new("resident bytes per stream", (double)held / streams)];
    }
}
