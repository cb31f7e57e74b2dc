namespace LiveStreams.Bench.Load;

/// <summary>
/// What one run measured. There is a result only if every publish succeeded and every subscriber received each update
/// of its page once.
/// </summary>
/// <param name="Updates">Updates published.</param>
/// <param name="Delivered">Events read by all subscribers together.</param>
/// <param name="Elapsed">Time from the start until everything was delivered.</param>
/// <param name="AnsweredAfter">Time from the start until the last publisher had its response.</param>
/// <param name="LoadCpu">CPU time of the load generator.</param>
/// <param name="Latencies">Time from sending each POST to reading its event.</param>
internal sealed record LoadResult(
    int Updates,
    long Delivered,
    TimeSpan Elapsed,
    TimeSpan AnsweredAfter,
    TimeSpan LoadCpu,
    LatencyHistogram Latencies);
