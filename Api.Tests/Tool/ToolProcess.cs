using System.Diagnostics;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Tool;

/// <summary>A command of the tool that runs on, such as <c>tail</c>, with what it has printed so far.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private ToolProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Output => Copy(_output);

    public IReadOnlyList<string> Errors => Copy(_errors);

    public StreamWriter Input => _process.StandardInput;

    public static ToolProcess Start(Uri server, params string[] args) => new(new Process
    {
        StartInfo = StartInfo(server, args),
    });

    /// <summary>Runs a command that ends by itself.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(Uri server, params string[] args) =>
        ApiProgram.RunAsync(StartInfo(server, args));

    /// <summary>The same, with a variable in its environment.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(
        Uri server, (string Name, string Value) variable, params string[] args)
    {
        var start = StartInfo(server, args);
        start.Environment[variable.Name] = variable.Value;
        return ApiProgram.RunAsync(start);
    }

    /// <summary>The same, with this standard input.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunWithInputAsync(
        Uri server, string input, params string[] args) => ApiProgram.RunAsync(StartInfo(server, args), input);

    /// <summary>Waits until a tail receives updates.</summary>
    public Task WaitUntilConnectedAsync(int times = 1) => Wait.UntilAsync(
        () => Errors.Count(line => line.StartsWith("Connected", StringComparison.Ordinal)) >= times,
        $"{times} connections; it printed: {string.Join('\n', Errors)}");

    public Task WaitForLinesAsync(int count) => Wait.UntilAsync(
        () => Output.Count >= count,
        $"{count} lines; it printed: {string.Join('\n', Output)}");

    /// <summary>Ctrl-C; returns the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).BoundedAsync();
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
    }

    private static ProcessStartInfo StartInfo(Uri server, string[] args) => new(ApiProgram.Path, args)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["LIVESTREAMS_URL"] = server.ToString() },
    };

    private static void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }

    private static IReadOnlyList<string> Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }
}
