using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster.WithoutRedisStreams;

/// <summary>For the feed that has Orleans and lacks Microsoft.Orleans.Streaming.Redis.</summary>
public sealed class MissingTests
{
    [Fact]
    public async Task A_silo_says_in_one_sentence_what_is_missing()
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync("--Redis:Connection=localhost:6379", "--Orleans:Streams=redis");

        Assert.Equal(1, exitCode);
        Assert.Equal("Orleans:Streams is 'redis', but this was built from a package feed without Microsoft.Orleans.Streaming.Redis (docs/operations.md, Package feeds).", output);
    }
}
