using System.Net;
using LiveStreams.Core;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One process's connections to Redis: one for commands and one for subscriptions, to each server it knows (one for
/// both with RESP3 and <c>sharedSubscriptionConnection=true</c>). They are restored automatically. While they are away
/// every call fails at once, with <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed partial class RedisConnection : IDisposable
{
    /// <summary>What Redis says of a command that it does not have.</summary>
    private const string UnknownCommand = "unknown redis command";

    private static readonly string _checkScript = ScriptFile.Load("check.lua");

    private readonly ConnectionMultiplexer _redis;
    private readonly IDatabase _database;
    private readonly ILogger _logger;
    private volatile bool _hasRefusedManySlots;

    private RedisConnection(ConnectionMultiplexer redis, RedisOptions options, ILogger logger)
    {
        _redis = redis;
        _database = redis.GetDatabase();
        _logger = logger;
        Options = options;
        Names = new RedisNames(options.Prefix);
        redis.ConnectionFailed += (_, lost) => LogLost(lost.ConnectionType, RedisStart.Server(lost.EndPoint), lost.FailureType);
        redis.ConnectionRestored += (_, restored) =>
        {
            // Whichever it was: one connection may carry both.
            LogRestored(restored.ConnectionType, RedisStart.Server(restored.EndPoint));
            _ = TellInterruptedAsync();
        };
    }

    /// <summary>The servers, for people. Nothing secret in it.</summary>
    public string Servers => RedisStart.Servers(_redis.GetEndPoints(configuredOnly: true));

    internal RedisOptions Options { get; }

    internal RedisNames Names { get; }

    internal NewestKnownIds NewestKnownIds { get; } = new();

    /// <summary>Whether all keys of a call must be of one slot, so of one page: in a Redis Cluster, and behind what has refused a call for that.</summary>
    internal bool HasSlots => _hasRefusedManySlots || Array.Exists(_redis.GetEndPoints(), IsCluster);

    internal ISubscriber Subscriber => _redis.GetSubscriber();

    /// <summary>Raised when announcements may have been lost and come again from now on.</summary>
    internal event Action? Interrupted;

    /// <summary>Connects, and tries if this Redis does what is needed.</summary>
    /// <exception cref="RedisStartException">It cannot be reached, does not let us in, or cannot do what is needed.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisOptions options, ILogger<RedisConnection> logger)
    {
        var redis = await RedisStart.ConnectAsync(RedisStart.Parse(options.Connection)).ConfigureAwait(false);
        var connection = new RedisConnection(redis, options, logger);
        try
        {
            // With abortConnect=false in the connection string Redis may come later.
            if (redis.IsConnected)
            {
                await connection.CheckAsync().ConfigureAwait(false);
            }

            return connection;
        }
        catch (StoreUnavailableException exception)
        {
            var servers = connection.Servers;
            connection.Dispose();
            throw new RedisStartException(
                exception.Message.Contains(UnknownCommand, StringComparison.OrdinalIgnoreCase)
                    ? $"Redis at {servers} is older than version 5, or has streams switched off: it does not know XADD."
                    : $"Redis at {servers} cannot be used: {exception.Message.ReplaceLineEndings(" ")}",
                exception);
        }
    }

    public void Dispose()
    {
        // Whoever waits for an answer has it by now; the client's polite way may take a second.
        _redis.Close(allowCommandsToComplete: false);
        _redis.Dispose();
    }

    /// <summary>Returns if Redis takes writes now.</summary>
    internal Task CheckAsync() => EvaluateAsync(_checkScript, [Names.Check], []);

    /// <summary>Runs a script on the server that holds the keys. If it appends, a error says whether it may have.</summary>
    /// <exception cref="StoreUnavailableException">Redis is away, or said no.</exception>
    internal async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments, bool isAppend = false)
    {
        try
        {
            return await _database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception, isAppend) is { } translated)
        {
            _hasRefusedManySlots |= RedisErrors.NamesManySlots(translated);
            throw translated;
        }
    }

    private bool IsCluster(EndPoint server)
    {
        try
        {
            return _redis.GetServer(server).ServerType is not (ServerType.Standalone or ServerType.Sentinel);
        }
        catch (Exception exception) when (exception is ArgumentException or ObjectDisposedException)
        {
            // The client names it and knows it no more: it has been closed, or Sentinel has switched to another.
            return false;
        }
    }

    // The answer to a ping mostly comes after those to the subscriptions that the client has sent again on the new connection. Where it does not (a
    // cluster, a client that subscribes again later), the next comparison of heads by the clock finds what was lost.
    private async Task TellInterruptedAsync()
    {
        try
        {
            await Subscriber.PingAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is not null)
        {
            // Lost again, and told again when it is back.
            return;
        }

        Interrupted?.Invoke();
    }

    [LoggerMessage(LogLevel.Warning, "The {Kind} connection to Redis at {Server} is lost: {Reason}.")]
    private partial void LogLost(ConnectionType kind, string server, ConnectionFailureType reason);

    [LoggerMessage(LogLevel.Information, "The {Kind} connection to Redis at {Server} is back.")]
    private partial void LogRestored(ConnectionType kind, string server);
}
