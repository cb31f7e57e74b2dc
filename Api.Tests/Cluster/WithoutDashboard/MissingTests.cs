using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster.WithoutDashboard;

/// <summary>For the feed that has Orleans and lacks Microsoft.Orleans.Dashboard.</summary>
public sealed class MissingTests
{
    [Fact]
    public async Task A_silo_says_in_one_sentence_what_is_missing()
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync("--Redis:Connection=localhost:6379", "--Orleans:Dashboard=true");

        Assert.Equal(1, exitCode);
        Assert.Equal("Orleans:Dashboard is true, but this was built from a package feed without Microsoft.Orleans.Dashboard (docs/operations.md, Package feeds).", output);
    }
}
