namespace LiveStreams.Grains.Tests.Support;

/// <summary>
/// The base of tests that each have two silos and their own redis-server, which writes every append to disk.
/// </summary>
public abstract class OwnSilosTests : IAsyncLifetime
{
    private RedisServer? _redis;
    private TestSilos? _silos;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected RedisServer Redis => _redis!;

    protected TestSilos Silos => _silos!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        _silos = await TestSilos.StartAsync(_redis);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Silos.DisposeAsync();
        Redis.Dispose();
    }
}
