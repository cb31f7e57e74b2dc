namespace LiveStreams.Bench.Servers;

/// <summary>What a run measures and compares: a size of LiveStreams, or a peer (another server).</summary>
/// <param name="Key">Its name on the command line and in the JSON file.</param>
/// <param name="Title">Its name in the table and the plot.</param>
/// <param name="IsPeer">Whether it is another server than LiveStreams.</param>
/// <param name="Capabilities">What it can do; scenarios that need more skip it.</param>
/// <param name="StartAsync">Starts it with new, empty data.</param>
internal sealed record SystemUnderTest(
    string Key,
    string Title,
    bool IsPeer,
    ServerCapabilities Capabilities,
    Func<CancellationToken, Task<Server>> StartAsync)
{
    private const ServerCapabilities Full =
        ServerCapabilities.Pages | ServerCapabilities.History | ServerCapabilities.ManyPages;

    public static SystemUnderTest Embedded { get; } =
        new("embedded", "embedded", IsPeer: false, Full, LiveStreamsServer.StartEmbeddedAsync);

    public static SystemUnderTest Redis { get; } =
        new("redis", "through Redis", IsPeer: false, Full, LiveStreamsServer.StartWithRedisAsync);

    public static SystemUnderTest Grains { get; } =
        new("grains", "through grains", IsPeer: false, Full, LiveStreamsServer.StartWithSiloAsync);

    public static SystemUnderTest CoHosted { get; } =
        new("cohosted", "through grains in the server", IsPeer: false, Full, LiveStreamsServer.StartAsSiloAsync);

    public static SystemUnderTest Memory { get; } =
        new("memory", "embedded in memory", IsPeer: false, Full, LiveStreamsServer.StartInMemoryAsync);

    public static SystemUnderTest Sockets { get; } =
        new("sockets", "embedded on .NET's sockets", IsPeer: false, Full, LiveStreamsServer.StartOnSocketsAsync);

    public static SystemUnderTest Nchan { get; } =
        new("nchan", "Nchan", IsPeer: true, ServerCapabilities.Pages, NchanServer.StartAsync);

    public static SystemUnderTest Rawcast { get; } =
        new("rawcast", "rawcast", IsPeer: true, ServerCapabilities.None, RawcastServer.StartAsync);

    public static IReadOnlyList<SystemUnderTest> Sizes { get; } = [Embedded, Redis, Grains, CoHosted, Memory, Sockets];

    public static IReadOnlyList<SystemUnderTest> Peers { get; } = [Nchan, Rawcast];
}
