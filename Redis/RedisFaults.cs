using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>What can go wrong on the way to Redis, in the words of <see cref="IPageLog"/>.</summary>
internal static class RedisFaults
{
    /// <summary>Refusals that Redis speaks out before a script runs, or at its first write and at no later one.</summary>
    private static readonly string[] _saidBeforeWriting =
    [
        "OOM", "READONLY", "LOADING", "MISCONF", "NOREPLICAS", "NOAUTH", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "MASTERDOWN", ManySlots,
    ];

    /// <summary>How Redis says that a call's keys are not of one slot.</summary>
    private const string ManySlots = "CROSSSLOT";

    public static StoreUnavailableException Away(Exception? fault = null) => new("Redis cannot be reached.", fault);

    /// <summary>The fault for callers, or null if it is not one of Redis. <paramref name="isAppend"/>: what was sent may have been done.</summary>
    public static StoreUnavailableException? Translate(Exception fault, bool isAppend = false) => fault switch
    {
        // Redis said no. A script that fails half-way keeps what it has written.
        RedisServerException => new StoreUnavailableException($"Redis refuses: {fault.Message}", fault)
        {
            OutcomeUnknown = isAppend && !_saidBeforeWriting.Any(fault.Message.Contains),
        },

        // Never sent.
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } => Away(fault),
        RedisCommandException => new StoreUnavailableException($"Redis cannot be asked: {fault.Message}", fault),

        // Cut off, or silent, after it may have been sent.
        RedisConnectionException or TimeoutException or OperationCanceledException or ObjectDisposedException =>
            new StoreUnavailableException("The connection to Redis was lost before it answered.", fault) { OutcomeUnknown = isAppend },
        _ => null,
    };

    /// <summary>Whether Redis refused a call because its keys are not of one slot.</summary>
    public static bool NamesManySlots(StoreUnavailableException fault) => fault.InnerException is RedisServerException refusal && refusal.Message.StartsWith(ManySlots, StringComparison.Ordinal);

    /// <summary>The result, if it comes in time.</summary>
    /// <exception cref="StoreUnavailableException">It did not.</exception>
    public static async Task<T> InTimeAsync<T>(this Task<T> result, TimeSpan timeout, TimeProvider time)
    {
        try
        {
            return await result.WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException fault)
        {
            throw new StoreUnavailableException($"Redis has not answered for {timeout.TotalSeconds} s.", fault);
        }
    }
}
