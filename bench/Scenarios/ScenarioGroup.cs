using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Scenarios;

/// <summary>The scenarios that one name on the command line runs.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What happens and what is measured, for the help text.</param>
/// <param name="Create">Creates the scenarios, in the order in which they run.</param>
internal sealed record ScenarioGroup(
    string Name,
    string Description,
    Func<Options, IEnumerable<Scenario>> Create)
{
    private static readonly TimeSpan _pacedDuration = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<ScenarioGroup> All { get; } =
    [
        new(
            "fanout",
            "One page: publish as fast as updates are delivered. Default subscribers: 1000,5000.",
            options =>
                from subscribers in options.Subscribers ?? [1_000, 5_000]
                from outstanding in options.Outstanding
                select FanOutScenario.OnePage(subscribers, outstanding, options.Duration)),
        new(
            "pages",
            "1,000 pages with 10 subscribers each: publish as fast as updates are delivered.",
            options => [new FanOutScenario(new LoadShape(10_000, 1_000, 16), 64, options.Duration)]),
        new(
            "paced",
            "One page, 50 updates/s for 10 s: POST-to-event latency. Default subscribers: 1000.",
            options =>
                from subscribers in options.Subscribers ?? [1_000]
                select new PacedScenario(subscribers, 50, _pacedDuration)),
        new(
            "many",
            "Readers of 40 pages, 200 updates/s: one stream or 40 for each. Default readers: 450.",
            options =>
                from readers in options.Subscribers ?? [450]
                from isTogether in new[] { true, false }
                select new ManyPagesScenario(readers, isTogether, options.Duration)),
        new(
            "publish",
            "64 connections publish to 100 pages, without and with idempotency keys: cost of a publish.",
            options =>
                from hasKeys in new[] { false, true }
                select new PublishScenario(64, 100, hasKeys, options.Duration)),
        new(
            "idle",
            "Silent streams on one page, and on a page each: memory per stream. Default subscribers: 18000.",
            options =>
                from subscribers in options.Subscribers ?? [18_000]
                from pages in new[] { 1, subscribers }
                select new IdleScenario(subscribers, pages)),
        new(
            "connect",
            "New streams at once: time until all have their headers. Default subscribers: 5000.",
            options => from subscribers in options.Subscribers ?? [5_000] select new ConnectScenario(subscribers)),
        new(
            "resume",
            "Streams reconnect at once, 200 updates behind: replayed events/s. Default subscribers: 5000.",
            options => from subscribers in options.Subscribers ?? [5_000] select new ResumeScenario(subscribers, 200)),
        new(
            "scaling",
            "One page, one update outstanding: server CPU per event. Default subscribers: 100 to 18000.",
            options =>
                from subscribers in options.Subscribers ?? [100, 1_000, 2_000, 5_000, 10_000, 18_000]
                select new ScalingScenario(subscribers, options.Duration)),
    ];
}
