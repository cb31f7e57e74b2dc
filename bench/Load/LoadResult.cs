namespace LiveStreams.Bench.Load;

/// <summary>What one run did. Every update arrived everywhere once, and every publish was answered with success: otherwise there is no result.</summary>
internal sealed record LoadResult(int Updates, long Delivered, TimeSpan Elapsed, TimeSpan AnsweredAfter, TimeSpan LoadCpu, LatencyHistogram Latencies);
