using System.Globalization;
using System.Runtime.InteropServices;
using LiveStreams.Bench;
using LiveStreams.Bench.Floor;
using LiveStreams.Bench.Report;
using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

if (args is [FloorServer.Verb, var port])
{
    using var floor = new FloorLoop(int.Parse(port, CultureInfo.InvariantCulture));
    floor.Run();
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var results = new Results();
try
{
    var options = Options.Parse(args);
    var scenarios = Catalog.Of(options).ToList();
    var runner = new Runner(options, results, stop.Token);
    try
    {
        foreach (var scenario in scenarios)
        {
            await runner.RunAsync(scenario);
        }
    }
    finally
    {
        // Also of a run that was ended: what was measured by then was measured.
        await Reports.WriteAsync(options, scenarios, results, Facts.Now(TimeProvider.System, args));
    }

    return 0;
}
catch (BenchException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
