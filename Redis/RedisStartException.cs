using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>Redis cannot be used as it is configured, so the process cannot start.</summary>
public sealed class RedisStartException(string message, Exception? innerException = null)
    : StartException(message, innerException);
