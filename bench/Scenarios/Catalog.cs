using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Scenarios;

/// <summary>What each scenario's name on the command line runs.</summary>
internal static class Catalog
{
    private static readonly TimeSpan _pacedDuration = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> Names { get; } = ["fanout", "pages", "paced", "publish", "idle", "connect", "resume", "scaling"];

    public static IEnumerable<Scenario> Of(Options options) =>
        (options.Scenario == Options.All ? Names : [options.Scenario]).SelectMany(name => Named(name, options));

    private static IEnumerable<Scenario> Named(string name, Options options) => name switch
    {
        "fanout" => from subscribers in options.Subscribers ?? [1_000, 5_000]
                    from outstanding in options.Outstanding ?? [1, 4, 32]
                    select FanOut.OnePage(subscribers, outstanding, options.Duration),
        "pages" => [new FanOut(new LoadShape(10_000, 1_000, 16), 64, options.Duration)],
        "paced" => from subscribers in options.Subscribers ?? [1_000] select new Paced(subscribers, 50, _pacedDuration),
        "publish" => [new Publish(64, 100, hasKeys: false, options.Duration), new Publish(64, 100, hasKeys: true, options.Duration)],
        "idle" => from subscribers in options.Subscribers ?? [18_000]
                  from pages in new[] { 1, subscribers }
                  select new Idle(subscribers, pages),
        "connect" => from subscribers in options.Subscribers ?? [5_000] select new Connect(subscribers),
        "resume" => from subscribers in options.Subscribers ?? [5_000] select new Resume(subscribers, 200),
        "scaling" => from subscribers in options.Subscribers ?? [100, 1_000, 2_000, 5_000, 10_000, 18_000] select new Scaling(subscribers, options.Duration),
        _ => throw new BenchException($"No scenario is called {name}; there are {string.Join(", ", Names)} and {Options.All}."),
    };
}
