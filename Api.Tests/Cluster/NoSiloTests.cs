namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>Pages=orleans</c> where there is no cluster to speak of: one sentence.</summary>
public sealed class NoSiloTests
{
    [Fact]
    public async Task Without_redis_it_says_that_it_needs_one()
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Pages=orleans");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "Pages is 'orleans', which needs the Redis of the silos as its store: "
            + "set Redis:Connection, for instance to localhost:6379.",
            output);
    }
}
