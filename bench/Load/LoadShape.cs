namespace LiveStreams.Bench.Load;

/// <summary>Who is connected: subscribers spread evenly over pages, and publishers that serve all of them.</summary>
internal sealed record LoadShape(int Subscribers, int Pages = 1, int Publishers = 0)
{
    /// <summary>Size of each update's data.</summary>
    public const int UpdateBytes = 200;

    /// <summary>Whether each publish carries an idempotency key.</summary>
    public bool HasKeys { get; init; }

    /// <summary>The position from which the subscribers resume.</summary>
    public string? LastEventId { get; init; }

    public int SubscribersPerPage => Subscribers / Pages;
}
