using LiveStreams.Bench;
using LiveStreams.Bench.Floor;
using LiveStreams.Bench.Micro;
using LiveStreams.Bench.Servers;

return args switch
{
    [FloorServer.Verb, var port] => FloorLoop.Serve(port),
    [MicroBenchmarks.Verb, .. var filters] => MicroBenchmarks.Run(filters),
    _ => await BenchRun.RunAsync(args),
};
