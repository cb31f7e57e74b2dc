using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Translates the errors of Redis and its client into the exception that <see cref="IPageLog"/> names.
/// </summary>
internal static class RedisErrors
{
    /// <summary>
    /// Errors that Redis returns before a script runs, or at its first write and at no later one: nothing was written.
    /// </summary>
    private static readonly string[] _errorsBeforeWrite =
    [
        "OOM",
        "READONLY",
        "LOADING",
        "MISCONF",
        "NOREPLICAS",
        "NOAUTH",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "BUSY",
        "MASTERDOWN",
        "CROSSSLOT",
    ];

    /// <summary>
    /// Redis returned an error. A script that fails in the middle keeps what it has written, so the outcome of an
    /// append may be unknown.
    /// </summary>
    public static StoreUnavailableException Refused(string message, bool isAppend, Exception? error = null) =>
        new($"Redis returned an error: {message}", error)
        {
            OutcomeUnknown = isAppend && !_errorsBeforeWrite.Any(message.Contains),
        };

    /// <summary>The exception for the caller, or null if <paramref name="exception"/> is not about Redis.</summary>
    /// <param name="exception">What the client has thrown.</param>
    /// <param name="isAppend">Whether the call appends: it may have been done although it failed.</param>
    public static StoreUnavailableException? Translate(Exception exception, bool isAppend = false) => exception switch
    {
        RedisServerException => Refused(exception.Message, isAppend, exception),

        // Never sent.
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } =>
            new StoreUnavailableException("Redis cannot be reached.", exception),
        RedisCommandException =>
            new StoreUnavailableException($"The call cannot be sent to Redis: {exception.Message}", exception),

        // The connection was closed, or no reply came, after the call may have been sent.
        RedisConnectionException or TimeoutException or OperationCanceledException or ObjectDisposedException =>
            new StoreUnavailableException("The connection to Redis was lost before it responded.", exception)
            {
                OutcomeUnknown = isAppend,
            },
        _ => null,
    };

    /// <summary>
    /// Whether a call was refused before it began, because its keys are in several slots. Redis says CROSSSLOT; proxies
    /// and the client use other words.
    /// </summary>
    public static bool IsCrossSlot(StoreUnavailableException exception) =>
        exception.InnerException is RedisServerException or RedisCommandException
        && exception.InnerException.Message.Contains("slot", StringComparison.OrdinalIgnoreCase);
}
