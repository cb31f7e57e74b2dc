using System.Buffers.Text;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// <c>LiveStreams.Api token …</c> prints one token on standard output and nothing else, or one sentence on standard
/// error.
/// </summary>
public sealed class TokenCommandTests
{
    [Theory]
    [InlineData("secret")]
    [InlineData("rsa")]
    public async Task The_token_command_prints_a_token_that_the_server_accepts(string key)
    {
        using var tokens = new TestTokens();
        string[] settings =
        [
            key == "secret"
                ? $"--Auth:Keys:0:Secret={tokens.Secret}"
                : $"--Auth:Keys:0:PemFile={tokens.RsaPrivateFile}",
            $"--Auth:Issuer={TestTokens.Issuer}",
            $"--Auth:Audience={TestTokens.Audience}",
        ];
        var (exitCode, output, error) = await ApiProgram.RunAsync(
            ["token", "--publish", "news:*", "--publish=home", "--subscribe", "x", "--expires", "30d", .. settings]);
        Assert.Equal((0, ""), (exitCode, error));
        var token = Assert.Single(output.TrimEnd('\n').Split('\n'));

        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=x,y", .. settings]);
        using var client = new ApiClient(server.Address);
        foreach (var (endpoint, page, status) in new[]
        {
            (PageEndpoint.Publishing[0], "home", 201),
            (PageEndpoint.Publishing[0], "news:1", 201),
            (PageEndpoint.Publishing[0], "x", 403),
            (PageEndpoint.Reading[^1], "x", 200),
            (PageEndpoint.Reading[^1], "y", 403),
        })
        {
            using var response = await endpoint.SendAsync(client, page, ("Authorization", $"Bearer {token}"));
            Assert.Equal((page, status), (page, (int)response.StatusCode));
        }
    }

    [Fact]
    public async Task A_token_has_the_grants_that_are_asked_for_a_subject_and_an_id_by_which_it_can_be_revoked()
    {
        using var tokens = new TestTokens();
        var (_, output, _) = await RunAsync(
        [
            "token", "--publish", "a", "--event", "score", "--event", "goal*", "--posts", "b", "--end", "c",
            "--subject", "newsroom", "--expires", "1h", $"--Auth:Keys:0:Secret={tokens.Secret}",
        ]);

        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(output.Split('.')[1])).RootElement;
        Assert.Equal(
            """{"publish":["a"],"events":["score","goal*"],"posts":["b"],"end":["c"]}""",
            claims.GetProperty("livestreams").GetRawText());
        Assert.Equal("newsroom", claims.GetProperty("sub").GetString());
        Assert.Equal(36, claims.GetProperty("jti").GetString()!.Length);
    }

    [Theory]
    [InlineData("--publish * --expires 30d", "No configured key can sign: set Auth:Keys:0:Secret")]
    [InlineData("--publish * --expires 30d --Auth:Keys:0:PemFile={public}", "No configured key can sign")]
    [InlineData("--publish * --expires 30d --Auth:Keys:0:PemFile=none.pem", "Auth:Keys:0: 'none.pem' does not exist.")]
    [InlineData(
        "--publish a*b --expires 30d",
        "--publish: 'a*b' is not a page's name, or a prefix of page names followed by '*'.")]
    [InlineData("--publish *", "Option '--expires' is required.")]
    [InlineData("--expires 30d", "A token needs at least one PATTERN for --publish, --posts, --end or --subscribe.")]
    [InlineData("--publish * --expires soon", "--expires must be a time such as 90s, 15m, 12h or 30d, not 'soon'.")]
    [InlineData("--publish * --expires 0d", "--expires must be a time")]
    [InlineData("--publish", "Required argument missing for option: '--publish'.")]
    [InlineData("--subscribe * --event score --expires 30d", "--event restricts --publish, so it needs a --publish")]
    [InlineData(
        "--publish * --event a*b --expires 30d",
        "--event: 'a*b' is not an event name, or a prefix of event names followed by '*'.")]
    [InlineData("--read x", "'--read' is neither an option nor a setting")]
    [InlineData("x", "'x' is neither an option nor a setting")]
    [InlineData("--publish * --expires 30d --Auth:Issuer", "--Auth:Issuer has no value.")]
    [InlineData(
        "--publish * --expires 30d --Auth:Keys:0:Secret=short",
        "Auth:Keys:0:Secret must have at least 32 bytes.")]
    public async Task Invalid_arguments_are_reported_in_one_sentence(string args, string expected)
    {
        using var tokens = new TestTokens();
        var (exitCode, output, error) = await RunAsync(
            ["token", .. args.Replace("{public}", tokens.RsaPublicFile, StringComparison.Ordinal).Split(' ')]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(expected, Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_the_token_command_names_its_options()
    {
        var (exitCode, output, error) = await RunAsync(["token", "--help"]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.All(
            [
                "--publish <PATTERN>", "--event <PATTERN>", "--posts <PATTERN>", "--end <PATTERN>",
                "--subscribe <PATTERN>", "--subject <NAME>", "--expires <TIME>", "--Auth:Keys:0:PemFile=key.pem",
            ],
            expected => Assert.Contains(expected, output, StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await StartErrors.ReportAsync(() => ProgramCommands.RunAsync(args, output, error), error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
