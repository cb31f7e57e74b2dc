namespace LiveStreams.Core;

/// <summary>
/// Lets a number of reads use the store at once; others wait in line (<see cref="BoundedReadLog"/>).
/// </summary>
/// <remarks>
/// The semaphore is not disposed: it holds no handle, and reads may still be running when the process stops.
/// </remarks>
internal sealed class ReadQueue(SemaphoreSlim free, TimeProvider time)
{
    /// <summary>The most reads that wait in line.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>How long a read waits in line, and then for the store.</summary>
    private static readonly TimeSpan _maxWait = TimeSpan.FromSeconds(1.5);

    private int _waiting;

    /// <summary>The reads that wait in line now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs a read when it is its turn.</summary>
    /// <exception cref="StoreUnavailableException">It has waited too long, or too many wait already.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAsync(read).WaitAsync(_maxWait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException(
                $"The store has not responded for {_maxWait.TotalSeconds} s.",
                exception);
        }
    }

    // Ends the turn when the store has ended the read, whether or not the caller still waits.
    private async Task<T> RunAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        finally
        {
            free.Release();
        }
    }

    private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (free.Wait(0, CancellationToken.None))
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new StoreUnavailableException($"{MaxWaiting:N0} reads are waiting for the store.");
        }

        using var tooLong = new CancellationTokenSource(_maxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        try
        {
            await free.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The store does not keep up with reads.", exception);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
