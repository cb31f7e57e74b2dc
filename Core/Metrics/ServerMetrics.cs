using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>
/// All instruments of a server or a silo, in the meter <see cref="MeterName"/>. docs/operations.md explains them. No
/// tag has a value that a client can choose, so their number is bounded.
/// </summary>
/// <param name="meter">The meter, which the caller disposes.</param>
/// <param name="store">What keeps the pages: the tag <c>store</c>.</param>
public sealed class ServerMetrics(Meter meter, string store)
{
    public const string MeterName = "LiveStreams";

    /// <summary>Event streams, and what is written to them.</summary>
    public StreamMetrics Streams { get; } = new(meter);

    /// <summary>Updates on their way to the store.</summary>
    public PublishMetrics Publishes { get; } = new(meter, store);

    /// <summary>The store, and what connects the processes.</summary>
    public StoreMetrics Store { get; } = new(meter);

    /// <summary>What is near a limit, and what was refused because of one.</summary>
    public LimitMetrics Limits { get; } = new(meter);

    /// <summary>What must be given anew, or read again, before it is too old.</summary>
    public SecurityMetrics Security { get; } = new(meter);

    /// <summary>Metrics that nobody reads.</summary>
    public static ServerMetrics CreateUnread() => new(new Meter(MeterName), "none");
}
