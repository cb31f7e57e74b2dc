using System.Globalization;

namespace LiveStreams.Bench.Servers;

/// <summary>What Linux reports about a process (proc(5)).</summary>
internal static class ProcessStatistics
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(10);

    /// <summary>User and system time, exact to 10 ms.</summary>
    public static TimeSpan CpuTime(int processId)
    {
        // Fields are counted from the third, the state: the name before it may contain spaces and brackets.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return _tick * (Parse(fields[11]) + Parse(fields[12]));
    }

    /// <summary>VmRSS.</summary>
    public static long ResidentBytes(int processId) =>
        Parse(File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1]) * Environment.SystemPageSize;

    public static IEnumerable<int> ChildIds(int processId) =>
        from id in File.ReadAllText($"/proc/{processId}/task/{processId}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select (int)Parse(id);

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
