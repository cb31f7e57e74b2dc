namespace LiveStreams.Api.Security;

/// <summary>
/// Whether everyone may publish. It is decided once, when it is known where the server listens; until then callers
/// wait.
/// </summary>
internal sealed class AnonymousPublishing
{
    private readonly TaskCompletionSource<bool> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> IsAllowed => _decision.Task;

    /// <summary>
    /// Whether everyone may publish only because the server is reachable from this machine alone; true until that is
    /// decided. A browser on this machine then proves nothing by the name it sends: a page of any site can make it send
    /// that site's own name here (DNS rebinding).
    /// </summary>
    public bool IsForThisMachine { get; private set; } = true;

    public void Decide(bool isAllowed, bool isForThisMachine)
    {
        IsForThisMachine = isForThisMachine;
        _decision.SetResult(isAllowed);
    }
}
