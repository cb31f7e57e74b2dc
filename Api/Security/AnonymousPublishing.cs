namespace LiveStreams.Api.Security;

/// <summary>Whether everyone may publish. Decided once, when it is known where the server listens; whoever asks before that waits.</summary>
internal sealed class AnonymousPublishing
{
    private readonly TaskCompletionSource<bool> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> IsAllowed => _decided.Task;

    /// <summary>
    /// Whether that is so, or may become so, only because nobody but this machine reaches the server. A page of any site can have a browser on this machine reach it under that site's own name
    /// (DNS rebinding), so that a name is then no sign of who is there.
    /// </summary>
    public bool IsForThisMachine { get; private set; } = true;

    public void Decide(bool isAllowed, bool isForThisMachine)
    {
        IsForThisMachine = isForThisMachine;
        _decided.SetResult(isAllowed);
    }
}
