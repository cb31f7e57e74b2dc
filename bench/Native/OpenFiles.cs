namespace LiveStreams.Bench.Native;

/// <summary>How many descriptors a process may have open, a stream being one on either side. Children inherit what is set here.</summary>
internal static class OpenFiles
{
    /// <summary>What a process needs beside its streams: publishers, listener, libraries, pipes.</summary>
    private const int Spare = 512;

    /// <summary>Raises the limit as far as may be, and says so when that is not enough for so many streams.</summary>
    public static void AllowStreams(int streams)
    {
        var needed = (ulong)(streams + Spare);
        Libc.Check(Libc.GetLimit(Libc.LimitOpenFiles, out var limit), "getrlimit");
        if (limit.Soft >= needed)
        {
            return;
        }

        // Root may raise the hard limit too.
        var raised = new ResourceLimit(needed, Math.Max(needed, limit.Hard));
        if (Libc.SetLimit(Libc.LimitOpenFiles, raised) < 0)
        {
            throw new BenchException($"{streams:N0} streams need {needed:N0} open files, and the hard limit is {limit.Hard:N0}: raise it with 'ulimit -Hn' or ask for fewer --subscribers.");
        }
    }
}
