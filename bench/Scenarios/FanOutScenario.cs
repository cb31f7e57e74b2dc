using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Publishes updates as fast as they are delivered, to one page or to many.</summary>
/// <param name="shape">Who is connected.</param>
/// <param name="outstanding">
/// The next update is sent when the deliveries of fewer than this many updates are missing. With 1, a server never has
/// two updates that it could send in one write.
/// </param>
/// <param name="duration">How long updates are sent.</param>
internal sealed class FanOutScenario(LoadShape shape, int outstanding, TimeSpan duration) : Scenario
{
    private const int Publishers = 8;

    public override string Title => shape.Pages == 1
        ? $"fan-out, 1 page × {shape.Subscribers:N0} subscribers, {outstanding} outstanding"
        : $"pages, {shape.Pages:N0} pages × {shape.SubscribersPerPage:N0} subscribers, "
            + $"{shape.Publishers} publishers, {outstanding} outstanding";

    public override int Streams => shape.Subscribers;

    public override ServerCapabilities RequiredCapabilities =>
        shape.Pages == 1 ? ServerCapabilities.None : ServerCapabilities.Pages;

    public static FanOutScenario OnePage(int subscribers, int outstanding, TimeSpan duration) =>
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
