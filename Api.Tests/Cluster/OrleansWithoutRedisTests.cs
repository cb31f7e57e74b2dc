using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>A server with <c>Pages=orleans</c> but without a Redis prints one sentence.</summary>
public sealed class OrleansWithoutRedisTests
{
    [Fact]
    public async Task A_server_with_pages_in_orleans_does_not_start_without_redis()
    {
        var (exitCode, output) = await InProcessApi.FailAsync("--Pages=orleans");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "Pages is 'orleans', which needs the Redis of the silos as its store: "
            + "set Redis:Connection, for instance to localhost:6379.",
            output);
    }
}
