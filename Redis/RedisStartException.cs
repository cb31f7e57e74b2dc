namespace LiveStreams.Redis;

/// <summary>Redis cannot be used as it is configured: the message says why in one sentence.</summary>
public sealed class RedisStartException(string message, Exception? innerException = null) : Exception(message, innerException);
