using System.Reflection;
using System.Runtime.InteropServices;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>The versions, the machine and the command of a run. The names are those of the JSON file.</summary>
internal sealed record RunEnvironment(
    string LiveStreams,
    string Build,
    string Runtime,
    string Kernel,
    int Processors,
    string Date,
    string Command)
{
    public static RunEnvironment Current(TimeProvider time, IEnumerable<string> arguments) => new(
        AssemblyName.GetAssemblyName(ProgramPaths.Api).Version!.ToString(3),
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration,
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription,
        Environment.ProcessorCount,
        time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", null),
        string.Join(' ', ["bench", .. arguments]));

    public override string ToString() =>
        $"LiveStreams {LiveStreams} ({Build}), {Runtime}, {Kernel}, {Processors} processors, {Date}: {Command}";
}
