namespace LiveStreams.Core.FanOut;

/// <summary>Lets a number of reads run at the same time. The others wait, in the order in which they came.</summary>
internal sealed class ReadSlots(int slots)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private int _free = slots;

    /// <summary>Waits for a slot, which must be released.</summary>
    public Task AcquireAsync()
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            return waiting.Task;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult();
            }
            else
            {
                _free++;
            }
        }
    }
}
