using System.Runtime.InteropServices;

namespace LiveStreams.Bench.Native;

/// <summary>Turns the errors of system calls into exceptions.</summary>
internal static class SystemCall
{
    /// <summary>Returns the result of a call.</summary>
    /// <exception cref="BenchException">The call failed: its result is negative.</exception>
    public static int ThrowIfFailed(int result, string call) => result >= 0 ? result : throw LastError(call);

    /// <summary>Describes the error of the call that this thread made last.</summary>
    public static BenchException LastError(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
