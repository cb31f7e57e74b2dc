namespace LiveStreams.Api.Security;

/// <summary>Whether everyone may publish. Decided once, when it is known where the server listens; whoever asks before that waits.</summary>
internal sealed class AnonymousPublishing
{
    private readonly TaskCompletionSource<bool> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> IsAllowed => _decided.Task;

    public void Decide(bool isAllowed) => _decided.SetResult(isAllowed);
}
