using System.Runtime.InteropServices;

namespace LiveStreams.Api.Tool;

/// <summary>
/// Notices that nobody reads standard output any more, also while nothing is written: <c>tail home | head -1</c> ends
/// within a second of its line. On Windows only a write notices it.
/// </summary>
internal static partial class OutputWatch
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Returns when standard output is closed, or the token is cancelled.</summary>
    public static async Task WaitForCloseAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        while (OperatingSystem.IsWindows() || !IsClosed())
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static bool IsClosed()
    {
        const short Error = 8;
        var output = new PollDescriptor { Descriptor = ToolOutput.Descriptor };
        return Poll(ref output, 1, 0) > 0 && (output.Occurred & Error) != 0;
    }

    // poll(2). Without a requested event it reports errors only, such as a pipe without a reader.
    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Requested;
        public short Occurred;
    }
}
