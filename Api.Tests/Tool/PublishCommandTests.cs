using System.Diagnostics;
using System.Text.Json;
using LiveStreams.Api.Tests.Security;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Tool;

/// <summary><c>livestreams publish</c> and <c>posts</c>, run as processes against a server.</summary>
public sealed class PublishCommandTests(SharedApi api, AuthenticatedApi authenticated) : IClassFixture<AuthenticatedApi>
{
    [Fact]
    public async Task Publish_prints_the_id_of_the_update()
    {
        var (exitCode, output, error) = await RunAsync("publish", "tool / arg", "1:0 <é>", "--event", "score");

        Assert.Equal((0, ""), (exitCode, error));
        var update = await NewestAsync("tool / arg");
        Assert.Equal(
            (output, "score", "1:0 <é>"),
            ($"{update.GetProperty("id")}\n", $"{update.GetProperty("event")}", $"{update.GetProperty("data")}"));
    }

    [Theory]
    [InlineData("one\n", "one")]
    [InlineData("one\r\n", "one")]
    [InlineData("one\ntwo\n\n", "one\ntwo\n")]
    [InlineData("", "")]
    public async Task Standard_input_is_one_update_without_its_last_line_end(string input, string expected)
    {
        foreach (var args in new string[][] { ["publish", "tool stdin"], ["publish", "tool stdin", "-"] })
        {
            var (exitCode, output, _) = await ToolProcess.RunWithInputAsync(api.Server.Address, input, args);

            Assert.Equal(0, exitCode);
            var update = await NewestAsync("tool stdin");
            Assert.Equal((output, expected), ($"{update.GetProperty("id")}\n", $"{update.GetProperty("data")}"));
        }
    }

    [Theory]
    [InlineData("tail 'tool full' --from start --json")]
    [InlineData("posts 'tool full'")]
    public async Task An_output_that_cannot_be_written_is_an_error(string command)
    {
        await api.Client.PublishAsync("tool full", "x");

        var (exitCode, _, error) = await ApiProgram.RunAsync(new ProcessStartInfo(
            "sh", ["-c", $"exec {ApiProgram.Path} {command} --server {api.Server.Address} > /dev/full"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });

        Assert.Equal(1, exitCode);
        Assert.Contains("Standard output cannot be written: No space left on device", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_publishes_an_update_once()
    {
        var first = await RunAsync("publish", "tool key", "once", "--key", "k");
        var second = await RunAsync("publish", "tool key", "once", "--key", "k");
        var other = await RunAsync("publish", "tool key", "other", "--key", "k");

        Assert.Equal((0, first.Output), (second.ExitCode, second.Output));
        Assert.Equal((1, ""), (other.ExitCode, other.Output));
        Assert.Contains("this key was used for another update", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_line_is_an_update_as_soon_as_it_is_read()
    {
        using var publish = ToolProcess.Start(api.Server.Address, "publish", "tool lines", "--lines", "--key", "run");
        for (var n = 1; n <= 3; n++)
        {
            await publish.Input.WriteLineAsync($"line {n}");
            await publish.Input.FlushAsync(TestContext.Current.CancellationToken);
            await publish.WaitForLinesAsync(n);
        }

        publish.Input.Close();
        Assert.Equal(0, await publish.ExitAsync());
        var again = await ToolProcess.RunWithInputAsync(
            api.Server.Address, "line 1\nline 2\nline 3\nline 4", "publish", "tool lines", "--lines", "--key", "run");

        var kept = await UpdatesAsync("tool lines");
        Assert.Equal(["line 1", "line 2", "line 3", "line 4"], kept.Select(update => $"{update.GetProperty("data")}"));
        Assert.Equal(publish.Output, kept.Take(3).Select(update => $"{update.GetProperty("id")}"));
        Assert.Equal(string.Concat(kept.Select(update => $"{update.GetProperty("id")}\n")), again.Output);
    }

    [Fact]
    public async Task A_line_that_is_refused_for_good_ends_the_command_with_its_number()
    {
        var (exitCode, output, error) = await ToolProcess.RunWithInputAsync(
            api.Server.Address, $"small\n{new string('x', 300_000)}\nsmall\n", "publish", "tool large", "--lines");

        Assert.Equal((1, 2), (exitCode, output.Split('\n').Length));
        Assert.StartsWith("Line 2: ", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Lines_are_published_once_and_in_order_when_the_server_is_killed_or_limits_their_rate()
    {
        const int Lines = 60;
        using var server = await RestartableApi.StartAsync("--Limits:PublishesPerSecondPerPage=20");
        using var client = new ApiClient(server.Current.Address);
        using var publish = ToolProcess.Start(server.Current.Address, "publish", "home", "--lines");
        for (var n = 0; n < Lines; n++)
        {
            await publish.Input.WriteLineAsync($"{n}");
        }

        publish.Input.Close();
        await publish.WaitForLinesAsync(10);
        await server.KillAndRestartAsync();

        Assert.Equal(0, await publish.ExitAsync());
        var history = await client.GetJsonAsync("/pages/home/updates?limit=1000");
        Assert.Equal(
            Enumerable.Range(0, Lines).Select(n => $"{n}"),
            history.GetProperty("updates").EnumerateArray().Select(update => $"{update.GetProperty("data")}"));
        Assert.Contains(publish.Errors, line => line.Contains("Sending it again in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_in_the_environment_grants_what_it_says()
    {
        var server = authenticated.Server.Address;
        var claims = TestTokens.Claims("""{"publish":["mine"]}""");
        var token = ("LIVESTREAMS_TOKEN", authenticated.Tokens.Hmac(claims));

        Assert.Equal(0, (await ToolProcess.RunAsync(server, token, "publish", "mine", "x")).ExitCode);
        var (exitCode, _, error) = await ToolProcess.RunAsync(server, token, "publish", "yours", "x");
        Assert.Equal(1, exitCode);
        Assert.Contains("publish", error, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Item2, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish", "Required argument 'PAGE' missing for command: 'publish'.")]
    [InlineData("publish home --evnt", "'--evnt' is not an option; --help lists them.")]
    [InlineData("publish home x --lines", "With --lines the updates come from standard input")]
    [InlineData("publish home x --event reset", "The event name 'reset' is reserved")]
    [InlineData("posts .", "A page cannot be named '.' or '..'.")]
    public async Task What_cannot_be_done_is_reported_in_one_sentence(string args, string expected)
    {
        var (exitCode, output, error) = await RunAsync(args.Split(' '));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Posts_prints_the_posts_of_a_page()
    {
        await PutAsync("kick-off", "<p>Kick-off!</p>");
        await PutAsync("secret?show=false", "two\nlines \e[31m");

        var text = await RunAsync("posts", "tool posts");
        var json = await RunAsync("posts", "tool posts", "--json");

        var id = (await NewestAsync("tool posts")).GetProperty("id");
        Assert.Equal(
            $"""
            tool posts: 2 posts at {id}
            secret (hidden)
                two
                lines \u001b[31m
            kick-off
                <p>Kick-off!</p>

            """,
            text.Output);
        var posts = JsonDocument.Parse(json.Output).RootElement.GetProperty("posts");
        Assert.Equal("<p>Kick-off!</p>", posts[1].GetProperty("content").GetString());
        Assert.DoesNotContain(json.Output.TrimEnd('\n'), char.IsControl);
    }

    private async Task PutAsync(string post, string html)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/pages/tool%20posts/posts/{post}")
        {
            Content = new StringContent(html),
        };
        using var response = await api.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
    }

    private async Task<IReadOnlyList<JsonElement>> UpdatesAsync(string page)
    {
        var history = await api.Client.GetJsonAsync($"{ApiClient.PathOf(page)}/updates?limit=1000");
        return [.. history.GetProperty("updates").EnumerateArray()];
    }

    private async Task<JsonElement> NewestAsync(string page) => (await UpdatesAsync(page))[^1];

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) =>
        ToolProcess.RunAsync(api.Server.Address, args);
}
