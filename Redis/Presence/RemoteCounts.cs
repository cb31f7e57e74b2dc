using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>The counts of all other nodes, from their reports. A node that is silent is forgotten.</summary>
internal sealed class RemoteCounts(string ownNode, TimeProvider time)
{
    /// <summary>The most other nodes that are counted. Reports of others are ignored.</summary>
    public const int MaxNodes = 1000;

    /// <summary>How long a node is counted after its last report.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(20);

    /// <summary>How long the answers to a request may take before another is made.</summary>
    private static readonly TimeSpan _requestPeriod = TimeSpan.FromSeconds(5);

    private readonly PageTotals _totals = new();
    private readonly Dictionary<string, NodeCounts> _nodes = [];
    private readonly Lock _gate = new();
    private bool _isInterrupted = true;
    private bool _isRequested;
    private long? _requestedAt;

    /// <summary>The number of other nodes.</summary>
    public int Nodes
    {
        get
        {
            lock (_gate)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>The number of pages that have streams on other nodes.</summary>
    public int Pages => _totals.Pages;

    /// <summary>The number of a page's streams on other nodes.</summary>
    public int Count(PageId page) => _totals[page];

    /// <summary>Takes a report, which may be this node's own.</summary>
    public void Receive(PresenceReport report)
    {
        if (report.Node == ownNode)
        {
            return;
        }

        lock (_gate)
        {
            _isRequested |= report.IsRequest;
            if (report.IsLeaving)
            {
                Forget(report.Node);
            }
            else if (FindOrAdd(report.Node) is { } node)
            {
                node.Receive(report, time.GetTimestamp());
            }
        }
    }

    /// <summary>Reports may have been lost: the other nodes must be asked for their whole state.</summary>
    public void OnInterrupted()
    {
        lock (_gate)
        {
            _isInterrupted = true;
        }
    }

    /// <summary>
    /// Whether the other nodes must be asked for their whole state now. If so, the caller does it, and calls
    /// <see cref="OnInterrupted"/> if that fails.
    /// </summary>
    public bool TakeNeed()
    {
        lock (_gate)
        {
            if ((_requestedAt is { } last && time.GetElapsedTime(last) < _requestPeriod)
                || !(_isInterrupted || _nodes.Values.Any(node => node.NeedsWhole)))
            {
                return false;
            }

            _isInterrupted = false;
            _requestedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>Whether another node has asked for this node's whole state since the last call.</summary>
    public bool TakeRequest()
    {
        lock (_gate)
        {
            var isRequested = _isRequested;
            _isRequested = false;
            return isRequested;
        }
    }

    /// <summary>Forgets the nodes that have not reported for <see cref="MaxSilence"/>.</summary>
    public void ForgetSilent()
    {
        lock (_gate)
        {
            // A dictionary may lose entries while it is read.
            foreach (var (name, node) in _nodes)
            {
                if (time.GetElapsedTime(node.HeardAt) >= MaxSilence)
                {
                    Forget(name);
                }
            }
        }
    }

    private NodeCounts? FindOrAdd(string name)
    {
        if (!_nodes.TryGetValue(name, out var node) && _nodes.Count < MaxNodes)
        {
            _nodes.Add(name, node = new NodeCounts(_totals));
        }

        return node;
    }

    private void Forget(string name)
    {
        if (_nodes.Remove(name, out var node))
        {
            node.Clear();
        }
    }
}
