using System.Reflection;
using System.Runtime.InteropServices;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>Where and with what a run was made.</summary>
internal sealed record Facts(string LiveStreams, string Build, string Runtime, string Kernel, int Processors, string Date, string Command)
{
    public static Facts Now(TimeProvider time, string[] arguments)
    {
        var itself = Assembly.GetExecutingAssembly();
        return new Facts(
            AssemblyName.GetAssemblyName(Programs.LiveStreams).Version!.ToString(3),
            itself.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription,
            Environment.ProcessorCount,
            time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", null),
            string.Join(' ', ["bench", .. arguments]));
    }

    public override string ToString() => $"LiveStreams {LiveStreams} ({Build}), {Runtime}, {Kernel}, {Processors} processors, {Date}: {Command}";
}
