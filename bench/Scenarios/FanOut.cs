using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Everyone watches the same pages, and updates follow each other as fast as they arrive.</summary>
/// <param name="shape">Who is connected.</param>
/// <param name="outstanding">The next update is sent when the deliveries of fewer than so many are missing; with 1 there is nothing to gather into one write.</param>
/// <param name="duration">How long updates are sent.</param>
internal sealed class FanOut(LoadShape shape, int outstanding, TimeSpan duration) : Scenario
{
    private const int Publishers = 8;

    public override string Title => shape.Pages == 1
        ? $"fan-out, 1 page × {shape.Subscribers:N0} subscribers, {outstanding} outstanding"
        : $"pages, {shape.Pages:N0} pages × {shape.SubscribersPerPage:N0} subscribers, {shape.Publishers} publishers, {outstanding} outstanding";

    public override int Streams => shape.Subscribers;

    public override Abilities Needs => shape.Pages == 1 ? Abilities.None : Abilities.Pages;

    public static FanOut OnePage(int subscribers, int outstanding, TimeSpan duration) =>
        new(new LoadShape(subscribers, Publishers: Publishers), outstanding, duration);

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var pacing = new ClosedLoop((long)outstanding * shape.SubscribersPerPage);
        var (result, cpu) = await PublishAsync(server, shape, pacing, duration, cancellationToken);
        return
        [
            new("delivered/s", result.Delivered / result.Elapsed.TotalSeconds),
            new("delivered per server CPU second", result.Delivered / cpu.TotalSeconds),
            LoadShare(result),
        ];
    }
}
