namespace LiveStreams.Api.Tests.Redis;

/// <summary>What <see cref="RedisLoad"/> has counted.</summary>
internal sealed class LoadResult
{
    /// <param name="kept">What Redis has at the end, by page.</param>
    /// <param name="acknowledged">What was confirmed to publishers, by page.</param>
    /// <param name="subscribers">What subscribers have seen.</param>
    /// <param name="unavailable">How many publishes were refused with 503, and sent again.</param>
    /// <param name="longestPublish">The longest time until a publish was confirmed, with its retries.</param>
    public LoadResult(
        IReadOnlyList<IReadOnlyList<LoadUpdate>> kept,
        IReadOnlyList<IReadOnlyCollection<LoadUpdate>> acknowledged,
        IReadOnlyList<LoadSubscriber> subscribers,
        int unavailable,
        TimeSpan longestPublish)
    {
        (Unavailable, LongestPublish) = (unavailable, longestPublish);
        DoubledInStore = kept.Sum(page => page.Count - page.Select(update => update.Data).Distinct().Count());
        LostByStore = acknowledged.Select((page, n) => page.Except(kept[n]).Count()).Sum();
        var lossyPages = subscribers
            .Where(subscriber => subscriber.Seen
                .Concat(acknowledged[subscriber.Page])
                .Except(kept[subscriber.Page])
                .Any())
            .Select(subscriber => subscriber.Page)
            .ToHashSet();
        foreach (var subscriber in subscribers)
        {
            var (seen, stored) = (subscriber.Seen, kept[subscriber.Page]);
            Resets += subscriber.Resets;
            Missed += stored.Except(seen).Count();

            // What the store lost, and the publisher therefore sent again, comes again after the reset.
            Doubled += seen.Count - seen.Distinct().Count();
            Unordered += subscriber.Resets == 0 && !seen.SequenceEqual(stored) ? 1 : 0;
            UnneededResets += lossyPages.Contains(subscriber.Page) ? 0 : subscriber.Resets;
        }
    }

    /// <summary>Publishes that got 503.</summary>
    public int Unavailable { get; }

    public TimeSpan LongestPublish { get; }

    /// <summary>Data that Redis has more than once.</summary>
    public int DoubledInStore { get; }

    /// <summary>Confirmed updates that Redis does not have any more.</summary>
    public int LostByStore { get; }

    /// <summary>Updates that Redis has and a subscriber has not seen, summed over subscribers.</summary>
    public int Missed { get; }

    /// <summary>Updates that a subscriber has seen more than once, summed over subscribers.</summary>
    public int Doubled { get; }

    /// <summary>Subscribers without a reset that saw something else than what Redis has, or in another order.</summary>
    public int Unordered { get; }

    public int Resets { get; }

    /// <summary>Resets of subscribers to pages of which Redis has lost nothing.</summary>
    public int UnneededResets { get; }

    /// <summary>Asserts that no subscriber missed or repeated anything, and that resets mean a loss of Redis.</summary>
    public void AssertExact() =>
        Assert.Equal((0, 0, 0, 0, 0), (DoubledInStore, Missed, Doubled, Unordered, UnneededResets));

    /// <summary>Asserts also that Redis lost nothing.</summary>
    public void AssertNothingLost()
    {
        AssertExact();
        Assert.Equal((0, 0), (LostByStore, Resets));
    }

    public override string ToString() =>
        $"{RedisLoad.Updates} updates: {LostByStore} lost by Redis, {DoubledInStore} doubled in Redis; subscribers: "
        + $"{Missed} missed, {Doubled} doubled, {Unordered} out of order, {Resets} resets "
        + $"({UnneededResets} without a loss); {Unavailable} publishes got 503 and were sent again, "
        + $"for up to {LongestPublish.TotalSeconds:f1} s.";
}
