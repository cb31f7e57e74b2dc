namespace LiveStreams.Api.Epoll;

/// <summary>What is watched, by descriptor: the kernel gives the lowest that is free, so they are dense.</summary>
internal sealed class EpollTargets
{
    private readonly Lock _gate = new();
    private volatile EpollTarget?[] _targets = new EpollTarget?[1024];
    private uint _generation;

    /// <summary>Those that are watched at this moment.</summary>
    public IReadOnlyList<EpollTarget> All => [.. _targets.OfType<EpollTarget>()];

    /// <summary>Events of this descriptor are the target's from now on.</summary>
    public void Set(EpollTarget target)
    {
        lock (_gate)
        {
            var targets = _targets;
            if (target.Descriptor >= targets.Length)
            {
                Array.Resize(ref targets, Math.Max(target.Descriptor + 1, targets.Length * 2));
                _targets = targets;
            }

            target.Generation = ++_generation;
            targets[target.Descriptor] = target;
        }
    }

    public void Remove(EpollTarget target)
    {
        lock (_gate)
        {
            _targets[target.Descriptor] = null;
        }
    }

    /// <summary>The target that has the descriptor; null if it is another one by now, or none.</summary>
    public EpollTarget? Find(uint descriptor, uint generation) =>
        _targets[descriptor] is { } target && target.Generation == generation ? target : null;
}
