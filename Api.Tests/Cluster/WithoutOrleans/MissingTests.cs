using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster.WithoutOrleans;

/// <summary>For the feed that lacks Orleans.</summary>
public sealed class MissingTests
{
    [Fact]
    public async Task It_says_in_one_sentence_what_is_missing()
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Pages=orleans", "--Redis:Connection=localhost:6379");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Pages is 'orleans', but this was built from a package feed without the Orleans packages", Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }
}
