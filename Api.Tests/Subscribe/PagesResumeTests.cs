using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// One stream over 50 pages that is cut 200 times at random moments, while 16 publishers write: every update arrives
/// once, and in the order of its page.
/// </summary>
[Collection(nameof(Alone))]
public sealed class PagesResumeTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("memory")]
    public Task In_one_process(string store) => DisturbedEngine.RunAsync(store, RunAsync);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public Task Over_Redis_whose_subscription_connections_are_killed_every_second() =>
        DisturbedEngine.RunOverRedisAsync(RunAsync);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public Task Over_a_Redis_Cluster_whose_subscription_connections_are_killed_every_second() =>
        DisturbedEngine.RunOverRedisClusterAsync(RunAsync);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public Task Through_grains_while_a_silo_is_killed() => DisturbedEngine.RunThroughGrainsAsync(RunAsync);

    private static Task RunAsync(DisturbedEngine engine) => new PagesResumeLoad(engine).RunAsync();
}
