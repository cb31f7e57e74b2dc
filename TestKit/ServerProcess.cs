using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LiveStreams.TestKit;

/// <summary>
/// A process of the server or of a silo, with its own folder. The folder outlives the process, so that another one can
/// be started on the same data. The test project must refer to Api and, for silos, to Silo.
/// </summary>
public sealed partial class ServerProcess : IDisposable
{
    /// <summary>Long: a silo that restarts on a busy machine first finds out which others are dead.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(90);

    private const string Api = "LiveStreams.Api";
    private const string Silo = "LiveStreams.Silo";

    /// <summary>Settings for tests that publish faster than the default limits allow.</summary>
    public static readonly string[] Unthrottled =
        ["--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0"];

    /// <summary>
    /// Makes .NET collect after 32 MiB, for tests that measure memory. By default that depends on the processor's
    /// cache, and a heap that has yet to grow to its size on a machine with a large one would look like a leak.
    /// </summary>
    public static readonly (string Name, string Value) GarbageLimit = ("DOTNET_GCgen0size", "0x2000000");

    private readonly string _program;
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(
        string program,
        DirectoryInfo folder,
        Uri? address,
        int? openFiles,
        string[] settings,
        params (string Name, string Value)[] environment)
    {
        _program = program;
        _folder = folder;
        Settings = settings;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(openFiles is null ? PathOf(program) : "prlimit")
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        if (openFiles is not null)
        {
            _process.StartInfo.ArgumentList.Add($"--nofile={openFiles}");
            _process.StartInfo.ArgumentList.Add(PathOf(program));
        }

        foreach (var setting in settings.Prepend($"--urls={address?.ToString() ?? "http://127.0.0.1:0"}"))
        {
            _process.StartInfo.ArgumentList.Add(setting);
        }

        foreach (var (name, value) in environment)
        {
            _process.StartInfo.Environment[name] = value;
        }

        _process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => OnOutput(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    public Uri Address => _listening.Task.Result;

    public string[] Settings { get; }

    public string Folder => _folder.FullName;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>The resident memory of the process, in bytes (VmRSS).</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static Task<ServerProcess> StartAsync(params string[] settings) =>
        StartAsync(Api, Directory.CreateTempSubdirectory("livestreams-api-"), null, settings);

    /// <summary>Starts a silo. Its address is the address of its health endpoints.</summary>
    public static Task<ServerProcess> StartSiloAsync(params string[] settings) => StartSiloAsync(settings, []);

    public static Task<ServerProcess> StartSiloAsync(
        string[] settings, params (string Name, string Value)[] environment) =>
        StartAsync(Silo, Directory.CreateTempSubdirectory("livestreams-silo-"), null, settings, environment);

    /// <summary>Starts a server or silo of another build, by the path of its program.</summary>
    public static Task<ServerProcess> StartProgramAsync(string path, params string[] settings) =>
        StartAsync(path, Directory.CreateTempSubdirectory("livestreams-other-"), null, settings);

    public static Task<ServerProcess> StartAsync(string[] settings, params (string Name, string Value)[] environment) =>
        StartAsync(Api, Directory.CreateTempSubdirectory("livestreams-api-"), null, settings, environment);

    /// <summary>Starts a server that may have this many files open, connections among them.</summary>
    public static Task<ServerProcess> StartWithOpenFilesAsync(int openFiles, params string[] settings) =>
        StartAsync(Api, Directory.CreateTempSubdirectory("livestreams-api-"), null, openFiles, settings);

    /// <summary>Runs a server that is expected not to start.</summary>
    public static Task<(int ExitCode, string Output)> FailAsync(params string[] settings) => FailAsync(Api, settings);

    /// <summary>Runs a silo that is expected not to start.</summary>
    public static Task<(int ExitCode, string Output)> FailSiloAsync(params string[] settings) =>
        FailAsync(Silo, settings);

    /// <summary>Starts the same server again, with the same data and address.</summary>
    public Task<ServerProcess> RestartAsync() => StartAsync(_program, _folder, Address, Settings);

    /// <summary>Runs another server on the data of this one; it is expected not to start.</summary>
    public async Task<(int ExitCode, string Output)> FailBesideAsync()
    {
        var process = new ServerProcess(_program, _folder, null, null, Settings);
        return (await process.ExitAsync(), process.Output);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM; returns at once.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> FailAsync(string program, string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("livestreams-");
        using var process = new ServerProcess(program, folder, null, null, settings);
        return (await process.ExitAsync(), process.Output);
    }

    private static string PathOf(string program) => Path.Combine(AppContext.BaseDirectory, program);

    private static Task<ServerProcess> StartAsync(
        string program,
        DirectoryInfo folder,
        Uri? address,
        string[] settings,
        params (string Name, string Value)[] environment) =>
        StartAsync(program, folder, address, null, settings, environment);

    private static async Task<ServerProcess> StartAsync(
        string program,
        DirectoryInfo folder,
        Uri? address,
        int? openFiles,
        string[] settings,
        params (string Name, string Value)[] environment)
    {
        var process = new ServerProcess(program, folder, address, openFiles, settings, environment);
        try
        {
            var exited = process._process.WaitForExitAsync();
            var first = await Task.WhenAny(process._listening.Task, exited).WaitAsync(_bound);
            Assert.True(first != exited, $"The server did not start: {process.Output}");
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private void OnOutput(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex("(?:^LiveStreams listens on|^Health:|It listens on) (https?://[^,/ ]+)")]
    private static partial Regex Listening();
}
