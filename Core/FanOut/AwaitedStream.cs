namespace LiveStreams.Core.FanOut;

/// <summary>A stream that is awaited, because it is a response of the server.</summary>
/// <param name="abort">Closes the connection of the response.</param>
internal sealed class AwaitedStream(Action abort) : IStreamHost
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Completes when the stream has ended.</summary>
    public Task Ended => _ended.Task;

    public void Abort()
    {
        lock (_gate)
        {
            if (!_ended.Task.IsCompleted)
            {
                abort();
            }
        }
    }

    public void OnEnded(Exception? exception)
    {
        lock (_gate)
        {
            if (exception is null)
            {
                _ended.SetResult();
            }
            else
            {
                _ended.SetException(exception);
            }
        }
    }
}
