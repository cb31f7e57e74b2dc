using System.Diagnostics;
using System.Text.Json;
using LiveStreams.Api.Tests.Security;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Tool;

/// <summary><c>livestreams tail</c>, run as a process against a server.</summary>
public sealed class TailTests(SharedApi api, AuthenticatedApi authenticated) : IClassFixture<AuthenticatedApi>
{
    private const string Time = "[0-9]{2}:[0-9]{2}:[0-9]{2}";

    [Fact]
    public async Task Tail_prints_the_updates_of_a_page_until_ctrl_c()
    {
        using var tail = Tail("tail people");
        await tail.WaitUntilConnectedAsync();
        await api.Client.PublishAsync("tail people", "hello");
        await api.Client.PublishAsync("tail people", "1:0\n2:0", query: "?event=score");
        await tail.WaitForLinesAsync(3);

        Assert.Matches($"^{Time} hello$", tail.Output[0]);
        Assert.Matches($@"^{Time} \[score\] 1:0$", tail.Output[1]);
        Assert.Equal("         2:0", tail.Output[2]);
        Assert.Equal(0, await tail.InterruptAsync());
    }

    [Fact]
    public async Task Tail_prints_the_updates_of_several_pages_and_of_those_that_are_born_with_the_name_of_each()
    {
        using var tail = Tail("tail named", "tail:*", "--json");
        await tail.WaitUntilConnectedAsync();
        var ids = new[]
        {
            await api.Client.PublishAsync("tail named", "Grüße <b>"),
            await api.Client.PublishAsync("tail:born", "1:0", query: "?event=score"),
        };
        await tail.WaitForLinesAsync(2);

        Assert.Equal(
            [
                $$"""{"page":"tail named","id":"{{ids[0]}}","event":null,"data":"Grüße <b>"}""",
                $$"""{"page":"tail:born","id":"{{ids[1]}}","event":"score","data":"1:0"}""",
            ],
            tail.Output.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("start", "1", "2", "3", "4")]
    [InlineData("0", "1", "2", "3", "4")]
    [InlineData("-2", "3", "4")]
    [InlineData("1h", "1", "2", "3", "4")]
    [InlineData("2020-01-31T18:00:00+01:00", "1", "2", "3", "4")]
    [InlineData("ID", "3", "4")]
    public async Task From_says_where_the_output_starts(string from, params string[] expected)
    {
        var page = $"tail from {from}";
        await api.Client.PublishAsync(page, "1");
        var second = await api.Client.PublishAsync(page, "2");
        await api.Client.PublishAsync(page, "3");
        await api.Client.PublishAsync(page, "4");

        using var tail = Tail(page, "--json", "--from", from == "ID" ? second : from);
        await tail.WaitUntilConnectedAsync();
        await api.Client.PublishAsync(page, "5");
        await tail.WaitForLinesAsync(expected.Length + 1);

        Assert.Equal([.. expected, "5"], tail.Output.Select(Data));
    }

    [Fact]
    public async Task Only_the_asked_events_are_printed()
    {
        using var tail = Tail("tail events", "--event", "score", "--event", "card", "--json");
        await tail.WaitUntilConnectedAsync();
        foreach (var name in new[] { "score", "weather", "card" })
        {
            await api.Client.PublishAsync("tail events", name, query: $"?event={name}");
        }

        await tail.WaitForLinesAsync(2);
        Assert.Equal(["score", "card"], tail.Output.Select(Data));
    }

    [Fact]
    public async Task A_page_that_is_deleted_ends_the_tail()
    {
        using var tail = Tail("tail end");
        await tail.WaitUntilConnectedAsync();
        await api.Client.PublishAsync("tail end", "last words");
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/pages/tail%20end");
        using var deleted = await api.Client.SendAsync(request);

        Assert.Equal(0, await tail.ExitAsync());
        Assert.Equal("tail end has ended.", tail.Errors[^1]);
        var (exitCode, _, error) = await ToolProcess.RunAsync(api.Server.Address, "tail", "tail end");
        Assert.Equal((0, "The page has ended.\n"), (exitCode, error));
    }

    [Fact]
    public async Task Text_of_a_page_cannot_control_the_terminal()
    {
        using var text = Tail("tail \u00a0control");
        using var json = Tail("tail \u00a0control", "--json");
        await text.WaitUntilConnectedAsync();
        await json.WaitUntilConnectedAsync();
        await api.Client.PublishAsync("tail \u00a0control", "\e[31mred\u009b1m \a \u202e \ttab");
        await text.WaitForLinesAsync(1);
        await json.WaitForLinesAsync(1);

        Assert.EndsWith(
            @" \u001b[31mred\u009b1m \u0007 \u202e " + "\ttab", text.Output[0], StringComparison.Ordinal);
        Assert.DoesNotContain(json.Output[0], char.IsControl);
    }

    [Fact]
    public async Task A_tail_whose_output_nobody_reads_any_more_ends()
    {
        await api.Client.PublishAsync("tail head", "1");
        var command = $"'{ApiProgram.Path}' tail 'tail head' --from start --server {api.Server.Address} | head -1";
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).BoundedAsync();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken).BoundedAsync();
        Assert.Matches($"^{Time} 1\n$", output);
    }

    [Fact]
    public async Task A_stream_that_is_refused_for_good_ends_the_tail_with_the_reason()
    {
        var server = authenticated.Server.Address;
        var (exitCode, output, error) = await ToolProcess.RunAsync(server, "tail", "private");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("This request needs a token. Set LIVESTREAMS_TOKEN, or use --token-file.\n", error);

        var file = Path.Combine(authenticated.Tokens.Folder, "tail-token");
        await File.WriteAllTextAsync(file, "two words", TestContext.Current.CancellationToken);
        (exitCode, _, error) = await ToolProcess.RunAsync(server, "tail", "private", "--token-file", file);
        Assert.Equal(
            (1, $"The file '{file}' does not hold a token: that is one line without spaces.\n"), (exitCode, error));

        await File.WriteAllTextAsync(file, authenticated.Tokens.Hmac() + "\n", TestContext.Current.CancellationToken);
        using var tail = ToolProcess.Start(server, "tail", "private", "--token-file", file);
        await tail.WaitUntilConnectedAsync();
    }

    [Theory]
    [InlineData("tail", "Required argument 'PAGE' missing for command: 'tail'.")]
    [InlineData("tail -f home", "'-f' is not an option; --help lists them.")]
    [InlineData("tail home --jsn", "'--jsn' is not an option; --help lists them.")]
    [InlineData("tail a{b", "A page name cannot contain the character U+007B.")]
    [InlineData("tail home --from yesterday", "--from must be 'start', -N for the last N updates,")]
    [InlineData("tail home --server localhost", "'localhost' is not the address of a server:")]
    [InlineData("tail home --server http://u:secret@localhost", "The address of a server has no user name, password,")]
    [InlineData("tail home --server http://127.0.0.1:1", "Cannot reach http://127.0.0.1:1: Connection refused.")]
    public async Task A_tail_that_cannot_start_says_why_in_one_sentence(string args, string expected)
    {
        var (exitCode, output, error) = await ToolProcess.RunAsync(api.Server.Address, args.Split(' '));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(expected, Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    private static string Data(string line) => JsonDocument.Parse(line).RootElement.GetProperty("data").GetString()!;

    private ToolProcess Tail(params string[] args) => ToolProcess.Start(api.Server.Address, ["tail", .. args]);
}
