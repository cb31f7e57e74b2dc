using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>Prometheus accepts the files of <c>deploy/prometheus</c>; docs/operations.md lists the alerts.</summary>
public sealed partial class PromtoolTests
{
    private const string Program = "/usr/bin/promtool";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("check config prometheus.yml")]
    [InlineData("check rules alerts.yml")]
    [InlineData("test rules alerts.test.yml")]
    public async Task Prometheus_accepts_the_configuration_the_alerts_and_their_tests(string command)
    {
        Assert.True(File.Exists(Program), $"{Program} is not installed; ./test installs it.");
        using var process = Process.Start(new ProcessStartInfo(Program, command.Split(' '))
        {
            WorkingDirectory = Repository.PathOf("deploy/prometheus"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);

        Assert.True(process.ExitCode == 0, $"{await output}\n{errors}");
    }

    [Fact]
    public async Task Every_alert_is_tested_and_documented_with_its_severity_and_no_other_is()
    {
        var alerts = Alert().Matches(await Repository.ReadAsync("deploy/prometheus/alerts.yml"))
            .Select(alert => $"{alert.Groups["name"].Value} {alert.Groups["severity"].Value}")
            .ToList();
        var tests = await Repository.ReadAsync("deploy/prometheus/alerts.test.yml");
        var documented = Row().Matches(await Repository.ReadAsync("docs/operations.md"))
            .Select(row => $"{row.Groups["name"].Value} {row.Groups["severity"].Value}");

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, documented);
        Assert.All(
            alerts,
            alert => Assert.Contains($"alertname=\"{alert.Split(' ')[0]}\"", tests, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)\n[\s\S]*?severity: (?<severity>\w+)\n")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\| `(?<name>LiveStreams\w+)` \| (?<severity>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
