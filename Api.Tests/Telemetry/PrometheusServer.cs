using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Proxies;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// A real Prometheus with the configuration and the alerts of <c>deploy/prometheus</c>, unchanged except for the
/// addresses that it scrapes, every second, and the times in the rules: a minute takes a second.
/// </summary>
internal sealed partial class PrometheusServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus";
    private const string Servers = "[\"server-1:9464\", \"server-2:9464\"]";
    private const string Silos = "[\"silo-1:9464\", \"silo-2:9464\"]";

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusServer(DirectoryInfo folder, Process process, Uri address)
    {
        (_folder, _process) = (folder, process);
        _http = new HttpClient { BaseAddress = address };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts it, and waits until it has scraped each of the servers twice.</summary>
    public static async Task<PrometheusServer> StartAsync(params Uri[] servers)
    {
        Assert.True(File.Exists(Program), $"{Program} is not installed; ./test installs it.");
        var folder = Directory.CreateTempSubdirectory("livestreams-prometheus-");
        await CopyConfigurationAsync(folder, servers);
        var address = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        var process = Process.Start(new ProcessStartInfo(
            Program,
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=error",
                $"--web.listen-address={address.Authority}",
            ])
        {
            WorkingDirectory = folder.FullName,
        })!;
        var started = new PrometheusServer(folder, process, address);
        try
        {
            await Wait.UntilAsync(() => started.HasScrapedAsync(servers.Length), "Prometheus has scraped the servers");
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>The results of a PromQL expression now. Fails if it is not valid.</summary>
    public async Task<JsonElement[]> QueryAsync(string expression)
    {
        using var response = await _http.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", Ct);
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{expression}: {body}");
        return [.. DataOf(body).GetProperty("result").EnumerateArray()];
    }

    /// <summary>
    /// Repeats an action until all of these alerts fire, and then another one until none of them is left.
    /// </summary>
    /// <param name="alerts">Their names.</param>
    /// <param name="cause">What is repeated until they fire.</param>
    /// <param name="end">What is done once then.</param>
    /// <param name="after">What is repeated until they are clear.</param>
    public async Task AssertFiresAndClearsAsync(
        string[] alerts, Func<Task> cause, Func<Task> end, Func<Task>? after = null)
    {
        await Wait.UntilAsync(
            async () =>
            {
                await cause();
                var firing = (await ReadAlertsAsync()).Where(IsFiring).ToList();
                firing.ForEach(AssertIsReadable);
                return !alerts.Except(firing.Select(NameOf)).Any();
            },
            $"{string.Join(", ", alerts)} to fire");
        await end();
        await Wait.UntilAsync(
            async () =>
            {
                await (after?.Invoke() ?? Task.CompletedTask);
                return !(await ReadAlertsAsync()).Select(NameOf).Intersect(alerts).Any();
            },
            $"{string.Join(", ", alerts)} to clear");
    }

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task CopyConfigurationAsync(DirectoryInfo folder, Uri[] servers)
    {
        var configuration = await Repository.ReadAsync("deploy/prometheus/prometheus.yml");
        configuration = ProxyServer.Replace(configuration, "_interval: 15s", "_interval: 1s");
        configuration = ProxyServer.Replace(
            configuration, Servers, $"[{string.Join(", ", servers.Select(server => $"\"{server.Authority}\""))}]");
        configuration = ProxyServer.Replace(configuration, Silos, "[]");
        if (servers.Any(server => server.Scheme == Uri.UriSchemeHttps))
        {
            configuration = ProxyServer.Replace(
                configuration,
                "job_name: livestreams\n",
                "job_name: livestreams\n    scheme: https\n    tls_config:\n      insecure_skip_verify: true\n");
        }

        var alerts = await Repository.ReadAsync("deploy/prometheus/alerts.yml");
        Assert.Matches(Minutes(), alerts);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "prometheus.yml"), configuration, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "alerts.yml"), Minutes().Replace(alerts, "$1s"), Ct);
    }

    private async Task<bool> HasScrapedAsync(int servers)
    {
        Assert.False(_process.HasExited, "Prometheus did not start.");
        try
        {
            using var ready = await _http.GetAsync("/-/ready", Ct);
            return ready.IsSuccessStatusCode
                && (await QueryAsync("count_over_time(livestreams_store_available[1m]) > 1")).Length == servers;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonElement[]> ReadAlertsAsync() =>
        [.. DataOf(await _http.GetStringAsync("/api/v1/alerts", Ct)).GetProperty("alerts").EnumerateArray()];

    private static JsonElement DataOf(string body) => JsonDocument.Parse(body).RootElement.GetProperty("data");

    private static bool IsFiring(JsonElement alert) => alert.GetProperty("state").GetString() == "firing";

    private static string NameOf(JsonElement alert) =>
        alert.GetProperty("labels").GetProperty("alertname").GetString()!;

    // A template that fails, or has no value, leaves a word in angle brackets.
    private static void AssertIsReadable(JsonElement alert)
    {
        foreach (var annotation in alert.GetProperty("annotations").EnumerateObject())
        {
            Assert.DoesNotMatch("[<>{}]|  ", annotation.Value.GetString()!);
        }
    }

    [GeneratedRegex(@"(?<=for: |\[)(\d+)m\b")]
    private static partial Regex Minutes();
}
