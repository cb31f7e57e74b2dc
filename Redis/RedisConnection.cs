using System.Net;
using LiveStreams.Core;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One process's connections to Redis: one for commands and one for subscriptions, to each server it knows. They come back by
/// themselves. While they are away every call fails at once, with <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed partial class RedisConnection : IDisposable
{
    /// <summary>What writing needs: streams, scripts, and memory to write to.</summary>
    private const string CheckText =
        """
        redis.call('XADD', KEYS[1], 'MAXLEN', 1, '*', 'check', '1')
        redis.call('PEXPIRE', KEYS[1], 60000)
        """;

    /// <summary>A connection on which nothing has come for four times as long is cut and made again.</summary>
    private const int KeepAliveSeconds = 3;

    private readonly ConnectionMultiplexer _redis;
    private readonly IDatabase _database;
    private readonly ILogger _logger;

    private RedisConnection(ConnectionMultiplexer redis, RedisOptions options, ILogger logger)
    {
        _redis = redis;
        _database = redis.GetDatabase();
        _logger = logger;
        Options = options;
        Names = new RedisNames(options.Prefix);
        redis.ConnectionFailed += (_, lost) => LogLost(lost.ConnectionType, Text(lost.EndPoint), lost.FailureType);
        redis.ConnectionRestored += (_, restored) =>
        {
            LogRestored(restored.ConnectionType, Text(restored.EndPoint));
            if (restored.ConnectionType == ConnectionType.Subscription)
            {
                _ = TellInterruptedAsync();
            }
        };
    }

    /// <summary>The servers, for people. Nothing secret in it.</summary>
    public string Servers => string.Join(", ", _redis.GetEndPoints(configuredOnly: true).Select(Text));

    internal RedisOptions Options { get; }

    internal RedisNames Names { get; }

    internal KnownHeads KnownHeads { get; } = new();

    internal ISubscriber Subscriber => _redis.GetSubscriber();

    /// <summary>Raised when announcements may have been lost and come again from now on.</summary>
    internal event Action? Interrupted;

    /// <summary>Connects, and tries if this Redis does what is needed.</summary>
    /// <exception cref="RedisStartException">It cannot be reached, does not let us in, or cannot do what is needed.</exception>
    public static RedisConnection Open(RedisOptions options, ILogger<RedisConnection> logger)
    {
        var configuration = Parse(options.Connection);
        var servers = string.Join(", ", configuration.EndPoints.Select(Text));
        ConnectionMultiplexer? redis = null;
        try
        {
            redis = ConnectionMultiplexer.Connect(configuration);
            var connection = new RedisConnection(redis, options, logger);
            if (redis.IsConnected)
            {
                connection.CheckAsync().GetAwaiter().GetResult();
            }

            return connection;
        }
        catch (Exception fault) when (fault is RedisException or StoreUnavailableException)
        {
            redis?.Dispose();
            throw new RedisStartException($"Redis at {servers} cannot be used: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    public void Dispose() => _redis.Dispose();

    /// <summary>Returns if Redis takes writes now.</summary>
    internal Task CheckAsync() => EvaluateAsync(CheckText, [Names.Check], []);

    /// <summary>Runs a script on the server that holds the keys.</summary>
    /// <exception cref="StoreUnavailableException">Redis is away, or said no.</exception>
    internal async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        // Otherwise a newer client would keep the command and send it later.
        if (!_database.IsConnected(keys[0]))
        {
            throw RedisFaults.Away();
        }

        try
        {
            return await SendAsync(script, keys, arguments).ConfigureAwait(false);
        }
        catch (Exception fault) when (RedisFaults.Translate(fault) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<RedisResult> SendAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await _database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (fault.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Somebody emptied the script cache. The client has noted it, and sends the script's text this time.
            return await _database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
    }

    // The answer to a ping comes after those to the subscriptions that the client has sent again on the new connection.
    private async Task TellInterruptedAsync()
    {
        try
        {
            await Subscriber.PingAsync().ConfigureAwait(false);
        }
        catch (Exception fault) when (RedisFaults.Translate(fault) is not null)
        {
            // Lost again: this is called again when it is back.
            return;
        }

        Interrupted?.Invoke();
    }

    private static ConfigurationOptions Parse(string text)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(text);
            configuration.ClientName ??= "LiveStreams";
            configuration.ReconnectRetryPolicy = new LinearRetry(configuration.ConnectTimeout);
            if (configuration.KeepAlive <= 0)
            {
                configuration.KeepAlive = KeepAliveSeconds;
            }

            return configuration;
        }
        catch (ArgumentException fault)
        {
            throw new RedisStartException($"Redis:Connection is not understood: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    private static string Text(EndPoint? endPoint) => endPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => $"{endPoint}",
    };

    [LoggerMessage(LogLevel.Warning, "The {Kind} connection to Redis at {Server} is lost: {Reason}.")]
    private partial void LogLost(ConnectionType kind, string server, ConnectionFailureType reason);

    [LoggerMessage(LogLevel.Information, "The {Kind} connection to Redis at {Server} is back.")]
    private partial void LogRestored(ConnectionType kind, string server);
}
