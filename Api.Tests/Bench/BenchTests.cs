using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Bench;

/// <summary>The benchmark program runs. What it measures is not checked.</summary>
[Collection(nameof(Alone))]
public sealed class BenchTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(120);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_fan_out_benchmark_with_a_peer_prints_a_table_and_writes_every_round_as_json()
    {
        var json = Path.GetTempFileName();
        string[] arguments =
        [
            "fanout", "--subscribers", "10", "--outstanding", "4", "--rounds", "2", "--seconds", "1",
            "--peer", "rawcast", "--json", json,
        ];
        var (exitCode, output, errors) = await RunAsync(arguments);

        Assert.True(exitCode == 0, errors);
        Assert.Matches(
            @"\| fan-out, 1 page × 10 subscribers, 4 outstanding \| delivered/s +"
            + @"\| +[0-9,.]+ \| +[0-9,.]+ \| +[0-9.]+ \|",
            output);
        using var results = JsonDocument.Parse(
            await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var rounds = results.RootElement.GetProperty("results")[0]
            .GetProperty("contenders").GetProperty("embedded").GetProperty("rounds");
        Assert.Equal(2, rounds.GetArrayLength());
        File.Delete(json);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_resume_benchmark_prints_its_replay_rate()
    {
        string[] arguments = ["resume", "--subscribers", "10", "--rounds", "1", "--seconds", "1"];
        var (exitCode, output, errors) = await RunAsync(arguments);

        Assert.True(exitCode == 0, errors);
        Assert.Contains("replayed events/s", output);
    }

    [Theory]
    [InlineData("dance", "Unrecognized command or argument 'dance'.")]
    [InlineData("fanout --peer netcat", "There is no peer netcat.")]
    [InlineData("fanout --rounds 0", "0 is not a whole number above 0.")]
    [InlineData("fanout --colour blue", "Unrecognized command or argument '--colour'.")]
    public async Task Invalid_arguments_are_rejected(string arguments, string error)
    {
        var (exitCode, _, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal(1, exitCode);
        Assert.Contains(error, errors);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var program = Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "Bench")
            .Value!;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken).WaitAsync(_timeout, cancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
