namespace LiveStreams.Bench.Load;

/// <summary>
/// Who is connected: subscribers, spread evenly over the pages, and publishers, each of which publishes to all pages.
/// </summary>
internal sealed record LoadShape(int Subscribers, int Pages = 1, int Publishers = 0)
{
    /// <summary>Size of each update's data.</summary>
    public const int UpdateBytes = 200;

    /// <summary>Whether each publish carries an idempotency key.</summary>
    public bool HasKeys { get; init; }

    /// <summary>The position from which the subscribers resume; null when they start with live updates.</summary>
    public string? LastEventId { get; init; }

    /// <summary>Whether each subscriber follows all pages, in one stream.</summary>
    public bool FollowsAllPages { get; init; }

    public int SubscribersPerPage => Subscribers / Pages;
}
