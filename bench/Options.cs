using System.Globalization;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    /// <summary>Every scenario, with every size and peer unless told which.</summary>
    public const string All = "all";

    public const string Usage = """
        dotnet run -c Release --project bench -- SCENARIO [options]

        SCENARIO           fanout | pages | paced | publish | idle | connect | resume | scaling | all, or micro: BenchmarkDotNet on the parts
        --size LIST        embedded,redis,grains: which sizes of LiveStreams; default embedded
        --peer LIST        nchan,rawcast: who takes turns with it; default none (all: both)
        --rounds N         rounds, of which the medians are shown; default 5
        --seconds N        how long fanout, pages, publish and scaling send updates in each round; default 3
        --subscribers LIST subscribers of fanout, paced, idle, connect, resume and scaling, each number in turn
        --outstanding LIST updates on their way in fanout, each number in turn; default 1,4,32
        --json FILE        writes every round's figures to a file
        --plot FILE        draws scaling as an SVG
        """;

    public required string Scenario { get; init; }

    public required IReadOnlyList<Contender> Contenders { get; init; }

    public int Rounds { get; init; } = 5;

    /// <summary>How long updates are sent in each round where the rate is not fixed.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    public IReadOnlyList<int>? Subscribers { get; init; }

    public IReadOnlyList<int>? Outstanding { get; init; }

    public string? JsonFile { get; init; }

    public string? PlotFile { get; init; }

    public static Options Parse(string[] arguments)
    {
        if (arguments is not [var scenario, .. var rest] || rest.Length % 2 != 0)
        {
            throw new BenchException(Usage);
        }

        var values = rest.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        string? Take(string name) => values.Remove(name, out var value) ? value : null;
        var sizes = Take("--size") ?? (scenario == All ? "embedded,redis" : "embedded");
        var peers = Take("--peer") ?? (scenario == All ? "nchan,rawcast" : "");
        var options = new Options
        {
            Scenario = scenario,
            Contenders = [.. Named(sizes, isPeer: false), .. Named(peers, isPeer: true)],
            Rounds = Number(Take("--rounds") ?? "5"),
            Duration = TimeSpan.FromSeconds(Number(Take("--seconds") ?? "3")),
            Subscribers = Numbers(Take("--subscribers")),
            Outstanding = Numbers(Take("--outstanding")),
            JsonFile = Take("--json"),
            PlotFile = Take("--plot"),
        };
        return values.Count == 0 ? options : throw new BenchException($"There is no option {values.Keys.First()}.{Environment.NewLine}{Usage}");
    }

    private static IEnumerable<Contender> Named(string list, bool isPeer) =>
        from key in list.Split(',', StringSplitOptions.RemoveEmptyEntries)
        select Contender.All.FirstOrDefault(contender => contender.Key == key && contender.IsPeer == isPeer)
            ?? throw new BenchException($"There is no {(isPeer ? "peer" : "size")} {key}.");

    private static IReadOnlyList<int>? Numbers(string? list) => list is null ? null : [.. list.Split(',').Select(Number)];

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new BenchException($"{text} is not a whole number above 0.");
}
