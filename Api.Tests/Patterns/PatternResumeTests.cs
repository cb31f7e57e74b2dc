using System.Diagnostics;
using LiveStreams.Api.Tests.Subscribe;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>
/// In every engine, a page that is born arrives within 2 s. A stream over a pattern that is cut 100 times at random
/// moments, while 16 publishers write to more and more pages, loses nothing and repeats only what is recent.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Tier.Name, Tier.All)]
public sealed class PatternResumeTests
{
    private const int Births = 5;
    private static readonly TimeSpan _birthBound = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("sqlite", 90)] // Lasts longer than what a resume repeats.
    [InlineData("memory", 20)]
    public Task In_one_process(string store, int maxUpdatesPerStream) =>
        DisturbedEngine.RunAsync(store, engine => RunAsync(engine, maxUpdatesPerStream));

    [Fact]
    public Task Over_Redis_whose_subscription_connections_are_killed_every_second() =>
        DisturbedEngine.RunOverRedisAsync(engine => RunAsync(engine));

    [Fact]
    public Task Over_a_Redis_Cluster_whose_subscription_connections_are_killed_every_second() =>
        DisturbedEngine.RunOverRedisClusterAsync(engine => RunAsync(engine));

    [Fact]
    public Task Through_grains_while_a_silo_is_killed() =>
        DisturbedEngine.RunThroughGrainsAsync(engine => RunAsync(engine));

    private static async Task RunAsync(DisturbedEngine engine, int maxUpdatesPerStream = 20)
    {
        await AssertBornInTimeAsync(engine.Publishers[0], engine.Subscriber);
        await new PatternResumeLoad(engine) { MaxUpdatesPerStream = maxUpdatesPerStream }.RunAsync();
    }

    private static async Task AssertBornInTimeAsync(ApiClient publisher, ApiClient subscriber)
    {
        await using var stream = await subscriber.SubscribeToPatternAsync("birth:*");
        var slowest = TimeSpan.Zero;
        for (var n = 0; n < Births; n++)
        {
            var time = Stopwatch.StartNew();
            await publisher.PublishAsync($"birth:{n}", "born");
            Assert.Equal($"birth:{n}", (await stream.NextPageEventAsync()).Page);
            slowest = time.Elapsed > slowest ? time.Elapsed : slowest;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"the slowest birth took {slowest.TotalMilliseconds:0} ms");
        Assert.InRange(slowest, TimeSpan.Zero, _birthBound);
    }
}
