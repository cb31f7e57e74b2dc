using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Bench;

/// <summary>The benchmark program still runs; what it measures is not judged here.</summary>
[Collection(nameof(Alone))]
public sealed class BenchTests
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(120);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Fan_out_beside_the_floor_gives_a_table_and_every_round_as_json()
    {
        var json = Path.GetTempFileName();
        var (exitCode, output, errors) = await RunAsync(
            "fanout", "--subscribers", "10", "--outstanding", "4", "--rounds", "2", "--seconds", "1", "--peer", "rawcast", "--json", json);

        Assert.True(exitCode == 0, errors);
        Assert.Matches(@"\| fan-out, 1 page × 10 subscribers, 4 outstanding \| delivered/s +\| +[0-9,.]+ \| +[0-9,.]+ \| +[0-9.]+ \|", output);
        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var rounds = results.RootElement.GetProperty("results")[0].GetProperty("contenders").GetProperty("embedded").GetProperty("rounds");
        Assert.Equal(2, rounds.GetArrayLength());
        File.Delete(json);
    }

    [Fact]
    public async Task Resume_reads_every_update_that_was_missed()
    {
        var (exitCode, output, errors) = await RunAsync("resume", "--subscribers", "10", "--rounds", "1", "--seconds", "1");

        Assert.True(exitCode == 0, errors);
        Assert.Contains("replayed events/s", output);
    }

    [Theory]
    [InlineData("dance", "No scenario is called dance")]
    [InlineData("fanout --peer netcat", "There is no peer netcat.")]
    [InlineData("fanout --rounds 0", "0 is not a whole number above 0.")]
    [InlineData("fanout --colour blue", "There is no option --colour.")]
    public async Task What_it_does_not_know_is_told_in_one_sentence(string arguments, string sentence)
    {
        var (exitCode, _, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal(1, exitCode);
        Assert.StartsWith(sentence, errors);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var program = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Bench").Value!;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
