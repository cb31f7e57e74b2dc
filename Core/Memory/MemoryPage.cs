namespace LiveStreams.Core.Memory;

/// <summary>One page of <see cref="MemoryLog"/>, which locks it around every call.</summary>
internal sealed class MemoryPage(HistoryLimits limits)
{
    private readonly long _epoch = UpdateId.NewEpoch();
    private readonly Queue<Update> _updates = new();
    private readonly Dictionary<string, UpdateId> _answers = [];
    private readonly Queue<(string Key, DateTimeOffset Time)> _keys = new();
    private long _sequence;
    private DateTimeOffset _newest;

    public Published Append(UpdateDraft draft, DateTimeOffset now, out Update? update)
    {
        update = null;
        ForgetKeys(now);
        if (draft.Key is not null && _answers.TryGetValue(draft.Key, out var answered))
        {
            return new Published(answered, Repeated: true);
        }

        var id = draft.Keep ? new UpdateId(_epoch, ++_sequence) : UpdateId.None;
        _newest = now > _newest ? now : _newest;
        update = new Update(id, draft.Event, draft.Data, _newest);
        if (draft.Keep)
        {
            _updates.Enqueue(update);
        }

        if (draft.Key is not null)
        {
            _answers.Add(draft.Key, id);
            _keys.Enqueue((draft.Key, now));
        }

        Trim(now);
        return new Published(id, Repeated: false);
    }

    public HistoryBlock Read(UpdateId after, int limit, DateTimeOffset now)
    {
        var head = Head(now);
        if (head.Judge(after) is { } reset)
        {
            return new HistoryBlock(head, [], reset);
        }

        var updates = new List<Update>();
        var bytes = 0L;
        foreach (var update in _updates.Skip((int)(after.Sequence + 1 - head.OldestSequence)).Take(limit))
        {
            bytes += update.Data.Length;
            if (updates.Count > 0 && bytes > HistoryBlock.MaxBytes)
            {
                break;
            }

            updates.Add(update);
        }

        return new HistoryBlock(head, updates, Reset: null);
    }

    public PageHead Head(DateTimeOffset now)
    {
        Trim(now);
        return _sequence == 0 ? PageHead.Empty : new PageHead(new UpdateId(_epoch, _sequence), _sequence - _updates.Count + 1);
    }

    private void Trim(DateTimeOffset now)
    {
        while (_updates.TryPeek(out var oldest) && (_updates.Count > limits.MaxUpdates || oldest.Time < now - limits.MaxAge))
        {
            _updates.Dequeue();
        }
    }

    private void ForgetKeys(DateTimeOffset now)
    {
        while (_keys.TryPeek(out var oldest) && oldest.Time < now - UpdateDraft.KeyLifetime)
        {
            _answers.Remove(_keys.Dequeue().Key);
        }
    }
}
