using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

// What a subscriber does in its turn. Between two turns no code of the stream runs, and nothing is held for it but
// its objects.
public sealed partial class Subscriber
{
    /// <summary>
    /// After a claim: writes the new frames of a page on this thread, without the loop, and waits again, if the ring
    /// holds them and the connection takes them at once. Otherwise runs the loop. This is the fast path, which serves
    /// all subscribers that keep up. The caller must wake the subscriber again for frames that are added during the
    /// call.
    /// </summary>
    internal void WriteNewFrames(PageCursor page)
    {
        page.IsStoreUnavailable = false;
        if (!TryWriteNewFrames(page) || !WakeSignal.TryWaitAgain())
        {
            Resume();
        }
    }

    /// <summary>
    /// After a claim: runs the loop on this thread until it has nothing more to write, or waits for the reader or the
    /// store.
    /// </summary>
    internal void Resume() => _ = RunAsync(WakeSignal.Reason);

    private async Task RunAsync(WakeReason reason)
    {
        Exception? unexpected = null;
        try
        {
            if (!await TryWriteAsync(_output!, reason).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            SetError();
            unexpected = exception;
        }

        _output!.Body.Release();
        _hasEnded = true;
        _host!.OnEnded(unexpected);
    }

    /// <summary>
    /// Writes what there is to write. False when the subscriber waits for more, and true when the stream has ended.
    /// <code>
    ///   ┌─▶ 1. frames in the rings? ──▶ write all there are ─────────────────────────┐
    ///   │   2. a page is older than its ring? ─▶ flush; write a block of its history ─┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer in any page? ─▶ wait; heartbeat ────────────────────────┘                  │
    ///   └───────────────────────────────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    private async ValueTask<bool> TryWriteAsync(SubscriberOutput output, WakeReason reason)
    {
        var body = output.Body;
        if (reason == WakeReason.Heartbeat)
        {
            WriteHeartbeat(body);
        }

        while (!MustStop && !_pages.HasEnded)
        {
            if (_pages.HasArrivals && !await _pages.FollowArrivalsAsync(_lease).ConfigureAwait(false))
            {
                SetEnd(StreamEnd.Pattern);
                _isDraining = true;
                break;
            }

            WritePresence(output);

            // 1. Frames in the rings.
            _pages.WriteFromRings(output);

            // 2. Older than the ring.
            if (!await _pages.WriteFromStoreAsync(output).ConfigureAwait(false))
            {
                _isDisconnected = true;
                break;
            }

            // 3. Nothing newer.
            if (body.UnsentBytes == 0)
            {
                _hasMoved |= !MustStop && _pages.OnCaughtUp();
                if (WakeSignal.TryWait(this, static self => self.HasWork))
                {
                    return false;
                }

                continue;
            }

            // 4. Flush once.
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                _isDisconnected = true;
            }

            _pages.ReleaseSnapshots();
        }

        SetEnd(_pages.HasEnded ? StreamEnd.Page : StreamEnd.Client);
        if (!_isDisconnected && await output.FlushAsync().ConfigureAwait(false))
        {
            WriteMovedPosition(body);
            body.Write(EventEncoder.Retry(_registry.Options.JitteredRetry()));
            body.WriteLastChunk();
            await output.FlushAsync().ConfigureAwait(false);
        }

        return true;
    }

    private bool TryWriteNewFrames(PageCursor page)
    {
        var output = _output!;
        if (!output.Body.IsChunked)
        {
            return false;
        }

        bool wasFlushDue;
        do
        {
            if (MustStop || !page.WriteFromRing(output) || page.HasEndedStream)
            {
                return false;
            }

            wasFlushDue = output.IsFlushDue;
            if (output.Body.UnsentBytes > 0 && !output.TryFlush())
            {
                return false;
            }
        }
        while (wasFlushDue);

        return true;
    }

    private void WriteHeartbeat(EventStreamBody body)
    {
        if (!WriteMovedPosition(body))
        {
            body.Write(EventEncoder.Heartbeat);
        }
    }

    private bool WriteMovedPosition(EventStreamBody body)
    {
        if (!_hasMoved || Position is not { } position)
        {
            return false;
        }

        _hasMoved = false;
        body.Write(EventEncoder.Position(position));
        return true;
    }
}
