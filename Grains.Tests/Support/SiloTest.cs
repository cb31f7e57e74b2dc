namespace LiveStreams.Grains.Tests.Support;

/// <summary>Each test gets a redis-server that keeps everything, and two silos over it.</summary>
public abstract class SiloTest : IAsyncLifetime
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
