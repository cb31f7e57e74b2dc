using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace LiveStreams.Bench.Native;

/// <summary>
/// How many files a process may have open. A stream is one file in the server and one in the load generator; the
/// servers inherit the limit that is set here.
/// </summary>
internal static partial class OpenFileLimit
{
    /// <summary>What a process needs beside its streams: publishers, listener, libraries, pipes.</summary>
    private const int Reserve = 512;

    /// <summary>RLIMIT_NOFILE on every architecture that .NET runs on.</summary>
    private const int OpenFiles = 7;

    /// <summary>Raises the limit as far as this many streams need.</summary>
    /// <exception cref="BenchException">The hard limit is too low, and this process may not raise it.</exception>
    public static void RaiseFor(int streams)
    {
        var needed = (ulong)(streams + Reserve);
        SystemCall.ThrowIfFailed(GetLimit(OpenFiles, out var limit), "getrlimit");
        if (limit.Soft >= needed)
        {
            return;
        }

        // Root may raise the hard limit too.
        var raised = new ResourceLimit(needed, Math.Max(needed, limit.Hard));
        if (SetLimit(OpenFiles, raised) < 0)
        {
            throw new BenchException(
                $"{streams:N0} streams need {needed:N0} open files, but the hard limit is {limit.Hard:N0}. "
                + "Raise it with 'ulimit -Hn', or lower --subscribers.");
        }
    }

    // Tmds.LibC does not cover resource limits.
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    /// <summary>struct rlimit: the limit in force, and how far a process without privileges may raise it.</summary>
    private readonly record struct ResourceLimit(ulong Soft, ulong Hard);
}
