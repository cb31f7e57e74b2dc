namespace LiveStreams.Api.Tests.Cluster;

/// <summary>A server with <c>Pages=orleans</c> but without a Redis prints one sentence.</summary>
public sealed class OrleansWithoutRedisTests
{
    [Fact]
    public async Task A_server_with_pages_in_orleans_does_not_start_without_redis()
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Pages=orleans");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "Pages is 'orleans', so Redis:Connection must say where the cluster's Redis is, "
            + "for instance localhost:6379.",
            output);
    }
}
