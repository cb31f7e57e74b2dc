using System.Diagnostics;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>The token commands in the README, run in a shell against a server with that key.</summary>
public sealed class TokenDocsTests
{
    [Fact]
    public async Task The_documented_commands_create_a_token_and_publish_with_it()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory", $"--Auth:Keys:0:Secret={tokens.Secret}");
        var readme = await Repository.ReadAsync("README.md");
        var start = readme.IndexOf("TOKEN=$(", StringComparison.Ordinal);
        var commands = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]
            .Replace(
                "dotnet run -v q --project Api --",
                Path.Combine(AppContext.BaseDirectory, "LiveStreams.Api"),
                StringComparison.Ordinal)
            .Replace("localhost:8080", server.Address.Authority, StringComparison.Ordinal);

        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", commands])
        {
            RedirectStandardOutput = true,
            Environment = { ["Auth__Keys__0__Secret"] = tokens.Secret },
        })!;

        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"sequence\":1", output, StringComparison.Ordinal);
    }
}
