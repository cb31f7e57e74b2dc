using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LiveStreams.Bench.Micro;

/// <summary>Measures the code that handles every update, part by part, with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs the benchmarks that BenchmarkDotNet's arguments select; without arguments, all of them.</summary>
    public static int Run(string[] arguments)
    {
        // In this process: a project that BenchmarkDotNet built here would inherit the repository's build rules.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "micro"));
        BenchmarkSwitcher
            .FromTypes([typeof(FrameEncoding), typeof(Ring), typeof(Codec), typeof(PresenceReports)])
            .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config);
        return 0;
    }
}
