using System.Globalization;

namespace LiveStreams.Api.Connections;

/// <summary>How many files this process has open and may open. A connection is one. Only Linux is asked.</summary>
internal static class OpenFiles
{
    private const string Limits = "/proc/self/limits";
    private const string Descriptors = "/proc/self/fd";
    private const string LimitName = "Max open files ";

    /// <summary>
    /// RLIMIT_NOFILE, which .NET has raised to the hard limit when the process started; null if there is none.
    /// </summary>
    public static long? ReadLimit()
    {
        if (!File.Exists(Limits))
        {
            return null;
        }

        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(LimitName, StringComparison.Ordinal));
        var soft = line?[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    /// <summary>How many are open now.</summary>
    public static int Count() => Directory.EnumerateFileSystemEntries(Descriptors).Count();
}
