using System.Globalization;

namespace LiveStreams.Bench.Servers;

/// <summary>What Linux says of a process (proc(5)).</summary>
internal static class ProcessFigures
{
    // USER_HZ is 100 on every architecture .NET runs on.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(10);

    /// <summary>User and system time, exact to 10 ms.</summary>
    public static TimeSpan Cpu(int processId)
    {
        // Fields count from the state on, the third: the name before it may hold blanks and brackets.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return _tick * (Number(fields[11]) + Number(fields[12]));
    }

    /// <summary>VmRSS.</summary>
    public static long ResidentBytes(int processId) =>
        Number(File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1]) * Environment.SystemPageSize;

    public static IEnumerable<int> Children(int processId) =>
        File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => (int)Number(id));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
