using LiveStreams.Bench.Report;
using LiveStreams.Bench.Scenarios;

namespace LiveStreams.Bench;

/// <summary>Runs scenarios, and reports what they measured.</summary>
internal static class BenchRun
{
    /// <summary>
    /// Returns the exit code: 0 if every round of every scenario counts; otherwise 1, with one sentence for each error
    /// on standard error.
    /// </summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<Scenario> scenarios,
        Options options,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken)
    {
        try
        {
            var errors = await MeasureAsync(scenarios, options, arguments, cancellationToken);
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
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 1;
        }
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(
        IReadOnlyList<Scenario> scenarios,
        Options options,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken)
    {
        var results = new Results();
        var runner = new ScenarioRunner(options, results, cancellationToken);
        try
        {
            foreach (var scenario in scenarios)
            {
                await runner.RunAsync(scenario);
            }
        }
        finally
        {
            // Also when the run was stopped: the rounds measured until then are valid.
            var environment = RunEnvironment.Current(TimeProvider.System, arguments);
            await ReportWriter.WriteAsync(options, scenarios, results, environment);
        }

        return runner.Errors;
    }
}
