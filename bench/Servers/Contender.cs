namespace LiveStreams.Bench.Servers;

/// <summary>One of those that take turns: a size of LiveStreams, or a peer.</summary>
internal sealed record Contender(string Key, string Title, bool IsPeer, Abilities Has, Func<CancellationToken, Task<Server>> StartAsync)
{
    public static IReadOnlyList<Contender> All { get; } =
    [
        new("embedded", "embedded", false, Abilities.Pages | Abilities.History, LiveStreamsServer.StartEmbeddedAsync),
        new("redis", "through Redis", false, Abilities.Pages | Abilities.History, LiveStreamsServer.StartOverRedisAsync),
        new("grains", "through grains", false, Abilities.Pages | Abilities.History, LiveStreamsServer.StartClusterAsync),
        new("nchan", "Nchan", true, Abilities.Pages, NchanServer.StartAsync),
        new("rawcast", "rawcast", true, Abilities.None, FloorServer.StartAsync),
    ];
}
