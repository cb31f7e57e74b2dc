using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LiveStreams.Bench.Micro;

/// <summary>The parts every update goes through, measured one by one with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    /// <summary>The verb under which this program runs them; what follows it goes to BenchmarkDotNet.</summary>
    public const string Verb = "micro";

    public static int Run(string[] arguments)
    {
        // In this process: the project that BenchmarkDotNet would build for each run is under the repository's own build rules.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "micro"));
        BenchmarkSwitcher.FromTypes([typeof(FrameEncoding), typeof(Ring), typeof(Codec)]).Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config);
        return 0;
    }
}
