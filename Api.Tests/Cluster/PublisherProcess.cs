using System.Diagnostics;
using System.Reflection;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>examples/cluster-publisher</c> as a process that receives all its lines at once.</summary>
internal sealed class PublisherProcess : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task<string[]> _reading;
    private volatile int _acknowledged;

    private PublisherProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _reading = ReadAsync();
    }

    /// <summary>The number of ids that the process has printed.</summary>
    public int Acknowledged => _acknowledged;

    public bool HasExited => _process.HasExited;

    public static async Task<PublisherProcess> StartAsync(string[] settings, IEnumerable<string> lines)
    {
        var program = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ClusterPublisher").Value!;
        var process = new PublisherProcess(Process.Start(new ProcessStartInfo(program, settings)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        try
        {
            await process._process.StandardInput.WriteAsync(string.Concat(lines.Select(line => $"{line}\n")));
            process._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended without reading its input; its standard error says why.
        }

        return process;
    }

    /// <summary>Waits until the process exits, and returns the ids and the errors that it printed.</summary>
    public async Task<(int ExitCode, string[] Ids, string Errors)> ExitAsync()
    {
        var ids = await _reading.WaitAsync(_bound);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound);
        return (_process.ExitCode, ids, (await _errors).TrimEnd());
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

    private async Task<string[]> ReadAsync()
    {
        var ids = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } id)
        {
            ids.Add(id);
            _acknowledged = ids.Count;
        }

        return [.. ids];
    }
}
