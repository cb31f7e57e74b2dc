using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>
/// The base of tests that each have their own redis-server, started with these arguments, and may do anything with it.
/// </summary>
public abstract class OwnRedisTests(params string[] arguments) : IAsyncLifetime
{
    private protected RedisServer Server { get; private set; } = null!;

    private protected Engine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync(arguments);
        Engine = await RedisEngine.OpenAsync(new RedisOptions { Connection = Server.Connection }, new HistoryOptions());
    }

    public ValueTask DisposeAsync()
    {
        Engine.Dispose();
        Server.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
