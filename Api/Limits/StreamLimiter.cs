using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Limits;

/// <summary>
/// Counts the event streams of the process, and of each address that has any; and the pages of those that have several.
/// </summary>
internal sealed class StreamLimiter(LimitOptions limits)
{
    private readonly AddressCounter _streams = new(limits.MaxSubscribersPerAddress);

    // An address may have half of them, as of the unsent bytes.
    private readonly AddressCounter _pages = new(Math.Max(PagePositions.MaxPages, limits.MaxStreamPages / 2));
    private int _count;
    private int _pageCount;

    /// <summary>Addresses that have any.</summary>
    public int Addresses => _streams.Addresses;

    /// <summary>
    /// Counts a stream until its lease is disposed; false when a limit is reached, with a refusal that says which.
    /// </summary>
    public bool TryAcquire(
        ClientAddress address,
        StreamScope scope,
        [NotNullWhen(true)] out IStreamLease? lease,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = FindRefusal(address, scope.UsesEnvelopes ? scope.Pages.Count : 0, out lease);
        return refusal is null;
    }

    // Counts first, so that no other request takes the same place, and takes back what was counted before a refusal.
    private Refusal? FindRefusal(ClientAddress address, int pages, out IStreamLease? lease)
    {
        lease = null;
        if (Interlocked.Increment(ref _count) > limits.MaxSubscribers)
        {
            Interlocked.Decrement(ref _count);
            return new Refusal(Problem.Full);
        }

        if (!_streams.TryAdd(address))
        {
            Interlocked.Decrement(ref _count);
            return new Refusal(Problem.AddressFull);
        }

        if (pages > 0 && FindRefusal(address, pages) is { } refusal)
        {
            Release(address, pages: 0);
            return refusal;
        }

        lease = new Lease(this, address, pages);
        return null;
    }

    private Refusal? FindRefusal(ClientAddress address, int pages)
    {
        if (Interlocked.Add(ref _pageCount, pages) > limits.MaxStreamPages)
        {
            Interlocked.Add(ref _pageCount, -pages);
            return new Refusal(Problem.Full, $"Streams of several pages have {limits.MaxStreamPages} pages in all.");
        }

        if (!_pages.TryAdd(address, pages))
        {
            Interlocked.Add(ref _pageCount, -pages);
            return new Refusal(Problem.AddressFull, "The streams of this address have too many pages in all.");
        }

        return null;
    }

    private void Release(ClientAddress address, int pages)
    {
        Interlocked.Decrement(ref _count);
        _streams.Remove(address);
        if (pages > 0)
        {
            Interlocked.Add(ref _pageCount, -pages);
            _pages.Remove(address, pages);
        }
    }

    // Disposed once, when the stream has ended.
    private sealed class Lease(StreamLimiter limiter, ClientAddress address, int pages) : IStreamLease
    {
        private int _pages = pages;

        public bool TryAddPages(int count)
        {
            if (count > 0 && limiter.FindRefusal(address, count) is not null)
            {
                return false;
            }

            _pages += count;
            return true;
        }

        public void Dispose() => limiter.Release(address, _pages);
    }
}
