using LiveStreams.Core.Posts;

namespace LiveStreams.Core.Memory;

/// <summary>One page of <see cref="MemoryLog"/>, which holds a lock on it during every call.</summary>
internal sealed class MemoryPage(HistoryLimits limits, PostOptions postLimits)
{
    private readonly long _epoch = UpdateId.NewEpoch();
    private readonly Queue<Update> _updates = new();
    private readonly Dictionary<string, (UpdateId Id, ReadOnlyMemory<byte> Digest)> _usedKeys = [];
    private readonly Queue<(string Key, DateTimeOffset Time)> _keys = new();
    private readonly PostList _posts = new();
    private readonly PostSizes _postSizes = new();
    private long _sequence;
    private long _endedAt;
    private DateTimeOffset _newestTime;

    /// <summary>The time of the newest update; null before the first.</summary>
    public DateTimeOffset? NewestTime => _newestTime == default ? null : _newestTime;

    public IReadOnlyList<Post> Posts => _posts.NewestFirst();

    private bool IsEnded => _sequence > 0 && _endedAt == _sequence;

    /// <param name="draft">What to append.</param>
    /// <param name="now">The time.</param>
    /// <param name="update">The update; null if none was appended.</param>
    /// <param name="begins">Whether the update is the page's first, or its first after it had ended.</param>
    public PublishResult Append(UpdateDraft draft, DateTimeOffset now, out Update? update, out bool begins)
    {
        (update, begins) = (null, false);
        FollowClock(now);
        RemoveExpiredKeys(now);
        var key = StoredKey.Of(draft);
        if (key is not null && _usedKeys.TryGetValue(key.Name, out var earlier))
        {
            return key.ResultOf(earlier.Id, earlier.Digest);
        }

        if (draft.IsEnd && IsEnded)
        {
            return PublishResult.Repeated(new UpdateId(_epoch, _sequence));
        }

        if (draft.Posts is { } changes && !TryApply(changes))
        {
            return PublishResult.PostsFull;
        }

        begins = NewestTime is null || (IsEnded && draft.Keep);
        var id = draft.Keep ? new UpdateId(_epoch, ++_sequence) : UpdateId.None;
        _newestTime = now > _newestTime ? now : _newestTime;
        update = new Update(id, draft.Event, draft.Data, _newestTime) { TraceParent = draft.TraceParent };
        if (draft.IsEnd)
        {
            End();
        }
        else if (draft.Keep)
        {
            _updates.Enqueue(update);
        }

        if (key is not null)
        {
            _usedKeys.Add(key.Name, (id, key.Digest));
            _keys.Enqueue((key.Name, now));
        }

        Trim(now);
        return PublishResult.Published(id);
    }

    public HistoryBlock Read(UpdateId after, int limit, DateTimeOffset now)
    {
        var head = Head(now);
        if (head.ResetFor(after) is { } reset)
        {
            return new HistoryBlock(head, [], reset);
        }

        var newer = _updates.Skip((int)(after.Sequence + 1 - head.OldestSequence));
        return new BlockBuilder(limit).AddRange(newer).After(head);
    }

    public HistoryBlock ReadBefore(UpdateId before, int limit, DateTimeOffset now)
    {
        var head = Head(now);
        if (head.ResetBefore(before) is { } reset)
        {
            return new HistoryBlock(head, [], reset);
        }

        var older = (int)Math.Max(0, before.Sequence - head.OldestSequence);
        var nearest = _updates.Skip(older - limit).Take(Math.Min(older, limit));
        return new BlockBuilder(limit).AddRange(nearest.Reverse()).Before(head);
    }

    public PageHead Head(DateTimeOffset now)
    {
        FollowClock(now);
        Trim(now);
        return _sequence == 0
            ? PageHead.Empty
            : new PageHead(new UpdateId(_epoch, _sequence), _sequence - _updates.Count + 1, IsEnded);
    }

    public UpdateId PositionAt(DateTimeOffset moment, DateTimeOffset now)
    {
        var page = Head(now);
        var older = _updates.TakeWhile(update => update.Time < moment).Count();
        return older == 0 ? page.Earliest : page.Head.Before(page.OldestSequence + older);
    }

    private bool TryApply(PostChanges changes)
    {
        if (!_postSizes.TryApply(changes, postLimits))
        {
            return false;
        }

        _posts.Apply(changes);
        return true;
    }

    private void End()
    {
        _endedAt = _sequence;
        _updates.Clear();
        _posts.Clear();
        _postSizes.Clear();
    }

    // See UpdateTime. This happens once each time that the clock is set back.
    private void FollowClock(DateTimeOffset now)
    {
        if (!UpdateTime.IsSetBack(_newestTime, now))
        {
            return;
        }

        _newestTime = now;
        for (var count = _updates.Count; count > 0; count--)
        {
            var update = _updates.Dequeue();
            _updates.Enqueue(update.Time > now ? update with { Time = now } : update);
        }

        for (var count = _keys.Count; count > 0; count--)
        {
            var (key, time) = _keys.Dequeue();
            _keys.Enqueue((key, time > now ? now : time));
        }
    }

    private void Trim(DateTimeOffset now)
    {
        while (_updates.TryPeek(out var oldest)
            && (_updates.Count > limits.MaxUpdates || oldest.Time < now - limits.MaxAge))
        {
            _updates.Dequeue();
        }
    }

    private void RemoveExpiredKeys(DateTimeOffset now)
    {
        while (_keys.TryPeek(out var oldest) && oldest.Time < now - UpdateDraft.KeyLifetime)
        {
            _usedKeys.Remove(_keys.Dequeue().Key);
        }
    }
}
