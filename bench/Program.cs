using System.CommandLine;
using LiveStreams.Bench;

return await BenchCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration
{
    // After SIGINT or SIGTERM the run ends its servers and deletes their files, which takes a moment.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
});
