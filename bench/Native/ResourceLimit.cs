namespace LiveStreams.Bench.Native;

/// <summary>struct rlimit: what holds now, and how far a process without rights may raise it.</summary>
internal readonly record struct ResourceLimit(ulong Soft, ulong Hard);
