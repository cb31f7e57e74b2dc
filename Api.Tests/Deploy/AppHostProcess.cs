using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary><c>deploy/AppHost</c> as a process, with the settings of its launch profile on free ports.</summary>
internal sealed partial class AppHostProcess : IDisposable
{
    private const string Folder = "deploy/AppHost";

    /// <summary>Long: the first build restores Aspire's packages.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _stopBound = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _message = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [];

    private AppHostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => OnOutput(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The proxy's address, from the printed command.</summary>
    public Uri Proxy { get; private set; } = null!;

    /// <summary>The address of the server to publish at, from the printed command.</summary>
    public Uri Server { get; private set; } = null!;

    /// <summary>The Aspire dashboard, to which the cluster sends its telemetry.</summary>
    public AspireDashboard Dashboard { get; private set; } = null!;

    /// <summary>The process id in the printed command that kills a silo.</summary>
    public int Silo { get; private set; }

    /// <summary>Builds it as the tests were built, starts it, and returns when it has printed what to try.</summary>
    public static async Task<AppHostProcess> StartAsync()
    {
        // bin/Debug/net10.0
        var output = Path.GetRelativePath(Repository.PathOf("Api.Tests"), AppContext.BaseDirectory);
        await BuildAsync(output.Split(Path.DirectorySeparatorChar)[1]);
        var program = Path.Combine(Repository.PathOf(Folder), output, "LiveStreams.AppHost");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, ["--Port", "0"])
            {
                WorkingDirectory = Repository.PathOf(Folder),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in await ReadLaunchProfileAsync())
        {
            process.StartInfo.Environment[name] = value;
        }

        // Tests read what the dashboard has received, and have no login.
        process.StartInfo.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        var host = new AppHostProcess(process)
        {
            Dashboard = new AspireDashboard(new Uri(process.StartInfo.Environment["ASPNETCORE_URLS"]!)),
        };
        try
        {
            await host.ReadMessageAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Dashboard.Dispose();
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
            if (!_process.WaitForExit(_stopBound))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private static async Task BuildAsync(string configuration)
    {
        using var build = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["build", Folder, "--configuration", configuration, "--nologo", "--verbosity", "quiet"])
        {
            WorkingDirectory = Repository.PathOf(""),
            RedirectStandardOutput = true,
        })!;
        var output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, output);
    }

    // The documented ports may be in use.
    private static async Task<Dictionary<string, string>> ReadLaunchProfileAsync()
    {
        using var settings = JsonDocument.Parse(
            await Repository.ReadAsync($"{Folder}/Properties/launchSettings.json"));
        var profile = settings.RootElement.GetProperty("profiles").GetProperty("AppHost");
        var environment = profile.GetProperty("environmentVariables").EnumerateObject()
            .ToDictionary(variable => variable.Name, variable => OnFreePort(variable.Value.GetString()!));
        environment["ASPNETCORE_URLS"] = OnFreePort(profile.GetProperty("applicationUrl").GetString()!);
        return environment;
    }

    private static string OnFreePort(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
            ? $"http://localhost:{RedisServer.FreePort()}"
            : value;

    private async Task ReadMessageAsync()
    {
        var exited = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var first = await Task.WhenAny(_message.Task, exited).WaitAsync(_bound);
        var message = Message().Match(Output());
        Assert.True(first != exited && message.Success, $"The app host did not start: {Output()}");
        Proxy = new Uri(message.Groups["proxy"].Value);
        Server = new Uri(message.Groups["server"].Value);
        Silo = int.Parse(message.Groups["silo"].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private string Output()
    {
        lock (_output)
        {
            return string.Join('\n', _output);
        }
    }

    private void OnOutput(string? line)
    {
        lock (_output)
        {
            _output.Add(line ?? "");
        }

        if (line?.StartsWith("Kill a silo:", StringComparison.Ordinal) == true)
        {
            _message.TrySetResult(line);
        }
    }

    [GeneratedRegex(
        @"curl -N (?<proxy>http://\S+?)/pages/home/events\n.*curl -d '.*' (?<server>http://\S+?)/pages/home/updates\n"
        + @".*kill -9 (?<silo>\d+)")]
    private static partial Regex Message();
}
