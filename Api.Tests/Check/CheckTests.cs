using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Check;

/// <summary><c>check</c> says in one sentence each what is wrong and what to do, and changes nothing.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly CheckProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_defaults_pass_and_nothing_is_created()
    {
        var output = await _program.RunProgramAsync([], "--Limits:MaxSubscribers=10");

        output.AssertReady();
        Assert.Equal("Ready to start.", output.Lines[^1]);
        Assert.Contains($"ok    {_program.PathOf("data/livestreams.db")} would be created.", output.Lines);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_program.Folder));
    }

    [Fact]
    public async Task A_port_in_use_fails_and_names_the_setting()
    {
        using var port = new TakenPort();

        var output = await _program.RunAsync([$"--urls=http://localhost:{port.Number}"]);

        Assert.Equal(
            $"http://localhost:{port.Number} is in use: stop the program that listens there, or set urls to another "
            + "port.",
            output.SingleFailure());
    }

    [Theory]
    [InlineData("--Auth:AnonymousPublish=true", false)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss", false)]
    [InlineData("--Auth:Issuer=x", true)]
    public async Task A_public_address_without_a_key_fails(string setting, bool fails)
    {
        var output = await _program.RunAsync([$"--urls=http://0.0.0.0:{RedisServer.FreePort()}", setting]);

        if (!fails)
        {
            output.AssertReady();
            Assert.DoesNotContain("ssssssss", output.Text, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("no key says who may publish: set Auth:Keys:0:Secret", output.SingleFailure());
    }

    [Fact]
    public async Task Too_few_open_files_are_a_warning_because_a_server_works_with_fewer_streams()
    {
        var output = await _program.RunProgramAsync(["prlimit", "--nofile=400"]);

        output.AssertReady();
        Assert.Contains("warn  This process may open 400 files, which is enough for about ", output.Text);
        Assert.Equal("Ready to start, with 1 warning.", output.Lines[^1]);
    }

    [Fact]
    public async Task All_invalid_settings_and_other_problems_are_found_in_one_run()
    {
        using var port = new TakenPort();

        var output = await _program.RunAsync(
        [
            $"--urls=http://127.0.0.1:{port.Number}", "--Limits:MaxSubscribers=many", "--History:MaxUpdates=0",
            "--Posts:Foo=1", "--Store=tape", "--Pages=none", "--Auth:Keys:0:PemFile=none.pem", "--Auth:RevokedFile=no",
        ]);

        Assert.Equal(1, output.ExitCode);
        Assert.Equal("Not ready: 8 problems, 0 warnings.", output.Lines[^1]);
        Assert.All(
            [
                "Limits:MaxSubscribers", "History:MaxUpdates: ", "Posts:Foo is not a setting", "Store must be ",
                "Pages must be ", "is in use", "Auth:Keys:0: 'none.pem' does not exist. Give ", "Auth:RevokedFile: ",
            ],
            expected => Assert.Single(output.Lines, line =>
                line.StartsWith("fail  ", StringComparison.Ordinal)
                && line.Contains(expected, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_key_set_that_does_not_respond_fails_and_its_address_is_not_printed()
    {
        var output = await _program.RunAsync(
        [
            $"--Auth:Keys:0:JwksUrl=http://127.0.0.1:{RedisServer.FreePort()}/sesame", "--Auth:Audience=here",
        ]);

        Assert.StartsWith("Auth:Keys:0: it returned no response", output.SingleFailure(), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_the_findings_as_json()
    {
        using var port = new TakenPort();

        var output = await _program.RunAsync(
            ["--json", $"--urls=http://127.0.0.1:{port.Number}", "--Store=memory", "--Limits:MaxSubscribers=10"]);

        var json = JsonDocument.Parse(output.Text).RootElement;
        Assert.False(json.GetProperty("ready").GetBoolean());
        Assert.Equal(
            ["ok", "fail", "ok"],
            json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("result").GetString()));
    }
}
