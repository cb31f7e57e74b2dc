using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>What can go wrong on the way to Redis, in the words of <see cref="IPageLog"/>.</summary>
internal static class RedisErrors
{
    /// <summary>Refusals that Redis speaks out before a script runs, or at its first write and at no later one.</summary>
    private static readonly string[] _saidBeforeWriting =
    [
        "OOM", "READONLY", "LOADING", "MISCONF", "NOREPLICAS", "NOAUTH", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "MASTERDOWN", "CROSSSLOT",
    ];

    public static StoreUnavailableException Away(Exception? error = null) => new("Redis cannot be reached.", error);

    /// <summary>Redis said no. A script that fails half-way keeps what it has written.</summary>
    public static StoreUnavailableException Refused(string message, bool isAppend, Exception? error = null) => new($"Redis refuses: {message}", error)
    {
        OutcomeUnknown = isAppend && !_saidBeforeWriting.Any(message.Contains),
    };

    /// <summary>The error for callers, or null if it is not one of Redis. <paramref name="isAppend"/>: what was sent may have been done.</summary>
    public static StoreUnavailableException? Translate(Exception exception, bool isAppend = false) => exception switch
    {
        RedisServerException => Refused(exception.Message, isAppend, exception),

        // Never sent.
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } => Away(exception),
        RedisCommandException => new StoreUnavailableException($"Redis cannot be asked: {exception.Message}", exception),

        // Cut off, or silent, after it may have been sent.
        RedisConnectionException or TimeoutException or OperationCanceledException or ObjectDisposedException =>
            new StoreUnavailableException("The connection to Redis was lost before it answered.", exception) { OutcomeUnknown = isAppend },
        _ => null,
    };

    /// <summary>Whether a call was refused, before it began, because its keys are not of one slot: Redis says CROSSSLOT, proxies and the client say it in other words.</summary>
    public static bool NamesManySlots(StoreUnavailableException exception) =>
        exception.InnerException is RedisServerException or RedisCommandException && exception.InnerException.Message.Contains("slot", StringComparison.OrdinalIgnoreCase);

    /// <summary>The result, if it comes in time.</summary>
    /// <exception cref="StoreUnavailableException">It did not.</exception>
    public static async Task<T> InTimeAsync<T>(this Task<T> result, TimeSpan timeout, TimeProvider time)
    {
        try
        {
            return await result.WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException($"Redis has not answered for {timeout.TotalSeconds} s.", exception);
        }
    }
}
