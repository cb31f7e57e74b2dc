using System.Diagnostics;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One process's connections to Redis: one for commands and one for subscriptions to each server it knows (one for both
/// with RESP3 and <c>sharedSubscriptionConnection=true</c>). What happens when Redis restarts:
/// <list type="number">
/// <item>The connection is lost. Every call fails at once, with <see cref="StoreUnavailableException"/>: a publish gets
/// 503, and open streams continue with heartbeats.</item>
/// <item>The client library restores the connections and subscriptions, and <see cref="Interrupted"/> is raised.</item>
/// <item><see cref="RedisBus"/> passes it to every feed, which compares its head with the log's and reads the updates
/// that were announced meanwhile.</item>
/// <item>When Redis has lost updates, a page is behind <see cref="NewestKnownIds"/>. The next script call on the page
/// (<c>Scripts/page_state.lua</c>) then begins a new epoch, and its streams are reset and continue with it.</item>
/// </list>
/// </summary>
public sealed partial class RedisConnection : IDisposable
{
    /// <summary>What Redis replies to a command that it does not have.</summary>
    private const string UnknownCommand = "unknown redis command";

    private static readonly string _checkScript = ScriptFile.Load("check.lua");

    private readonly ConnectionMultiplexer _redis;
    private readonly RedisTopology _topology;
    private readonly IDatabase _database;
    private readonly ServerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RedisLogin _login;
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _hasCrossSlotError;

    private RedisConnection(
        ConnectionMultiplexer redis,
        RedisLogin login,
        RedisOptions options,
        ServerMetrics metrics,
        ILogger logger)
    {
        _redis = redis;
        _login = login;
        _topology = new RedisTopology(redis);
        _database = redis.GetDatabase();
        _metrics = metrics;
        _logger = logger;
        metrics.Store.RedisConnected = () => redis.IsConnected ? 1 : 0;
        Options = options;
        Names = new RedisNames(options.Prefix);
        Closing = _closing.Token;
        redis.ConnectionFailed += (_, lost) =>
            LogLost(lost.ConnectionType, RedisConnector.FormatServer(lost.EndPoint), lost.FailureType);
        redis.ConnectionRestored += (_, restored) =>
        {
            // For both types: one connection may carry commands and subscriptions.
            LogRestored(restored.ConnectionType, RedisConnector.FormatServer(restored.EndPoint));
            _ = RaiseInterruptedAsync();
        };
    }

    /// <summary>The configured servers, for messages. Contains no secrets.</summary>
    public string Servers => RedisConnector.FormatServers(_redis.GetEndPoints(configuredOnly: true));

    internal RedisOptions Options { get; }

    internal ILogger Logger => _logger;

    internal RedisNames Names { get; }

    internal NewestKnownIds NewestKnownIds { get; } = new();

    /// <summary>
    /// Whether all keys of a call must be in one slot, so belong to one page. This is so in a Redis Cluster, and behind
    /// a proxy that has refused a call for that reason.
    /// </summary>
    internal bool RequiresSingleSlot => _hasCrossSlotError || IsCluster;

    /// <summary>Whether the servers are a Redis Cluster.</summary>
    internal bool IsCluster => _topology.IsCluster;

    /// <summary>Whether the servers are a Redis Cluster with sharded Pub/Sub.</summary>
    internal bool HasShardedChannels => _topology.HasShardedChannels;

    /// <summary>The command that announces updates.</summary>
    internal string PublishCommand => Options.ShardedAnnouncements && HasShardedChannels ? "SPUBLISH" : "PUBLISH";

    /// <summary>Cancelled when the connection is closed.</summary>
    internal CancellationToken Closing { get; }

    /// <summary>The connected servers that take writes.</summary>
    internal IEnumerable<IServer> Masters =>
        _redis.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });

    internal ISubscriber Subscriber => _redis.GetSubscriber();

    /// <summary>Raised when announcements may have been lost, and new ones arrive again.</summary>
    internal event Action? Interrupted;

    /// <summary>Connects, and checks that this Redis can do what LiveStreams needs.</summary>
    /// <exception cref="RedisStartException">
    /// Redis cannot be reached, does not accept the password, or cannot do what is needed.
    /// </exception>
    public static Task<RedisConnection> OpenAsync(
        RedisOptions options, ServerMetrics metrics, ILogger<RedisConnection> logger) =>
        OpenAsync(RedisConnector.Parse(options.Connection), options, metrics, logger);

    internal static async Task<RedisConnection> OpenAsync(
        ConfigurationOptions configuration,
        RedisOptions options,
        ServerMetrics metrics,
        ILogger<RedisConnection> logger)
    {
        var subscriptions = new SubscriptionSockets();
        subscriptions.Watch(configuration);
        var redis = await RedisConnector.ConnectAsync(configuration).ConfigureAwait(false);
        var login = new RedisLogin(redis, configuration, subscriptions, logger);
        var connection = new RedisConnection(redis, login, options, metrics, logger);
        try
        {
            // With abortConnect=false in the connection string Redis may become available later.
            if (redis.IsConnected)
            {
                await connection.CheckAsync().ConfigureAwait(false);
                await SubscriptionCheck.RunAsync(
                    connection, TimeSpan.FromMilliseconds(configuration.ConnectTimeout)).ConfigureAwait(false);
            }

            return connection;
        }
        catch (StoreUnavailableException exception)
        {
            var servers = connection.Servers;
            connection.Dispose();
            throw new RedisStartException(
                exception.Message.Contains(UnknownCommand, StringComparison.OrdinalIgnoreCase)
                    ? $"Redis at {servers} is older than version 5, or has streams disabled: it does not know XADD."
                    : $"Redis at {servers} cannot be used: {exception.Message.ReplaceLineEndings(" ")}",
                exception);
        }
    }

    public void Dispose()
    {
        if (Closing.IsCancellationRequested)
        {
            return;
        }

        _closing.Cancel();

        // Callers no longer wait for replies, and letting the client wait for them may take a second.
        _redis.Close(allowCommandsToComplete: false);
        _redis.Dispose();
        _closing.Dispose();
    }

    /// <summary>Returns if Redis accepts writes now.</summary>
    /// <exception cref="StoreUnavailableException">Redis cannot be reached, or refuses to write.</exception>
    internal Task CheckAsync() => EvaluateAsync(_checkScript, [Names.Check], [PublishCommand]);

    /// <summary>
    /// Runs a script on the server that holds the keys. If it appends, the exception says whether the script may have
    /// run.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// Redis cannot be reached, or refuses the call, or has refused the login.
    /// </exception>
    internal Task<RedisResult> EvaluateAsync(
        string script,
        RedisKey[] keys,
        RedisValue[] arguments,
        bool isAppend = false) =>
        RunAsync(
            database => database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster), isAppend);

    /// <summary>Runs commands. They must go to masters only.</summary>
    /// <exception cref="StoreUnavailableException">As of <see cref="EvaluateAsync"/>.</exception>
    internal async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> run, bool isAppend = false)
    {
        _login.ThrowIfRefused();
        var start = Stopwatch.GetTimestamp();
        try
        {
            var result = await run(_database).ConfigureAwait(false);
            _metrics.Store.RecordRedisCall(Stopwatch.GetElapsedTime(start));
            return result;
        }
        catch (Exception exception) when (RedisErrors.Translate(exception, isAppend) is { } translated)
        {
            _hasCrossSlotError |= RedisErrors.IsCrossSlot(translated);
            throw translated;
        }
    }

    // The reply to a ping mostly comes after the replies to the subscriptions that the client has sent again on the new
    // connection. Where it does not (a cluster, a client that subscribes again later), the next periodic comparison of
    // heads finds what was lost.
    private async Task RaiseInterruptedAsync()
    {
        try
        {
            await Subscriber.PingAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is not null)
        {
            // The connection is lost again. The event is raised when it is restored.
            return;
        }

        Interrupted?.Invoke();
    }

    [LoggerMessage(LogLevel.Warning, "The {Kind} connection to Redis at {Server} was lost: {Reason}.")]
    private partial void LogLost(ConnectionType kind, string server, ConnectionFailureType reason);

    [LoggerMessage(LogLevel.Information, "The {Kind} connection to Redis at {Server} was restored.")]
    private partial void LogRestored(ConnectionType kind, string server);
}
