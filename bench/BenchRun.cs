using System.Runtime.InteropServices;
using LiveStreams.Bench.Report;
using LiveStreams.Bench.Scenarios;

namespace LiveStreams.Bench;

/// <summary>One run of the program over the scenarios asked for. Exit code 1, and a sentence for each error, when anything of it does not count.</summary>
internal static class BenchRun
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var errors = await MeasureAsync(arguments, stop.Token);
            foreach (var error in errors)
            {
                await Console.Error.WriteLineAsync(error);
            }

            return errors.Count == 0 ? 0 : 1;
        }
        catch (BenchException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 1;
        }

        // The servers started so far are stopped and their files deleted on the way out.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var options = Options.Parse(arguments);
        var scenarios = Catalog.Of(options).ToList();
        var results = new Results();
        var runner = new Runner(options, results, cancellationToken);
        try
        {
            foreach (var scenario in scenarios)
            {
                await runner.RunAsync(scenario);
            }
        }
        finally
        {
            // Also when the run was ended: what was measured by then was measured.
            await Reports.WriteAsync(options, scenarios, results, Facts.Now(TimeProvider.System, arguments));
        }

        return runner.Faults;
    }
}
