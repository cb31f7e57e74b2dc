using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStreams.Redis.Tests;

/// <summary>
/// The engine works as the user of its connection string, and as no other. Here the default user, which may do
/// everything, needs no password.
/// </summary>
public sealed class RedisLoginTests : IAsyncLifetime
{
    private const string Reason = "does not accept the user and password in Redis:Connection";
    private static readonly PageId _home = PageId.Parse("home");

    private RedisServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        await _server.CliAsync("ACL", "SETUSER", "livestreams", "on", ">sesame", "~*", "&*", "+@all");
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("user=livestreams,password=open")]
    [InlineData("user=livestreams")]
    [InlineData("user=nobody,password=sesame")]
    public async Task A_refused_user_stops_the_start_although_the_default_user_would_do(string login)
    {
        var error = await Assert.ThrowsAsync<RedisStartException>(() => OpenAsync(login));

        Assert.StartsWith($"Redis at {_server.Connection} {Reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_may_not_ask_who_it_is_stops_the_start()
    {
        await _server.CliAsync("ACL", "SETUSER", "livestreams", "-acl|whoami");

        var error = await Assert.ThrowsAsync<RedisStartException>(() => OpenAsync("user=livestreams,password=sesame"));

        Assert.EndsWith("or does not let this user call ACL WHOAMI.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_may_not_subscribe_stops_the_start()
    {
        await _server.CliAsync("ACL", "SETUSER", "livestreams", "-subscribe");

        var error = await Assert.ThrowsAsync<RedisStartException>(() => OpenAsync("user=livestreams,password=sesame"));

        Assert.Contains("cannot be used: SUBSCRIBE fails: NOPERM", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user=livestreams,password=sesame")]
    [InlineData("user=default")]
    [InlineData("password=not needed")]
    public async Task An_accepted_user_starts(string login)
    {
        using var connection = await OpenAsync(login);

        await connection.CheckAsync();
    }

    [Fact]
    public async Task A_refused_login_is_tried_again_until_redis_has_loaded_its_users()
    {
        using var engine = await OpenEngineAsync();
        var listener = new RecordingListener();
        await using var subscription = await engine.Bus.SubscribeAsync(_home, listener, Ct);
        await _server.CliAsync("ACL", "DELUSER", "livestreams");
        await Wait.UntilAsync(async () => await FindErrorAsync(engine) is { } error
            && error.Contains(Reason, StringComparison.Ordinal), "the user is refused");

        await _server.CliAsync("ACL", "SETUSER", "livestreams", "on", ">sesame", "~*", "&*", "+@all");

        await Wait.UntilAsync(async () => await FindErrorAsync(engine) is null, "the user is accepted");
        await Wait.UntilAsync(
            async () => !(await _server.CliAsync("CLIENT", "LIST", "TYPE", "pubsub"))
                .Contains("user=default", StringComparison.Ordinal),
            "no subscription is the default user's");
        await engine.Log.AppendAsync(_home, Drafts.Text("after"));
        await listener.AssertReceivedAsync("after");
    }

    [Fact]
    public async Task Nothing_is_published_as_another_user_after_a_reconnect()
    {
        using var engine = await OpenEngineAsync();
        await engine.Log.AppendAsync(_home, Drafts.Text("before"));

        await _server.CliAsync("ACL", "SETUSER", "livestreams", "resetpass", ">changed");
        await ReconnectAsync();
        await Wait.UntilAsync(
            async () => await FindErrorAsync(engine) is { } error && error.Contains(Reason, StringComparison.Ordinal),
            "the user is refused");

        await _server.CliAsync("ACL", "SETUSER", "livestreams", ">sesame");
        await ReconnectAsync();
        await Wait.UntilAsync(async () => await FindErrorAsync(engine) is null, "the user is accepted");

        Task ReconnectAsync() => _server.CliAsync("CLIENT", "KILL", "TYPE", "normal");
    }

    private Task<Engine> OpenEngineAsync() => RedisEngine.OpenAsync(
        new RedisOptions { Connection = $"{_server.Connection},user=livestreams,password=sesame" },
        new HistoryOptions());

    private static async Task<string?> FindErrorAsync(Engine engine)
    {
        try
        {
            await engine.Log.CheckAsync(Ct);
            return null;
        }
        catch (StoreUnavailableException exception)
        {
            return exception.Message;
        }
    }

    private Task<RedisConnection> OpenAsync(string login) => RedisConnection.OpenAsync(
        new RedisOptions { Connection = $"{_server.Connection},{login}" },
        ServerMetrics.CreateUnread(),
        NullLogger<RedisConnection>.Instance);
}
