using System.Collections.Concurrent;
using System.Net;
using LiveStreams.Core;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Checks that the connections to Redis are those of the user that the connection string names. The client does not
/// check it: it sends the password first thing on each connection and ignores the reply, and where the default user
/// needs no password, everything then works as that user.
/// <para>
/// Each server is asked when a connection to it was restored. While a master has not said that it knows the user, no
/// call goes to Redis. Calls then make this log in again, once a second at most: Redis may have loaded its users later.
/// </para>
/// </summary>
internal sealed partial class RedisLogin
{
    public const string Refused = "does not accept the user and password in Redis:Connection, or does not let this "
        + "user call ACL WHOAMI.";

    private const string Unknown = "has not said yet if it accepts the user and password in Redis:Connection.";

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    private readonly IConnectionMultiplexer _redis;
    private readonly ConfigurationOptions _configuration;
    private readonly SubscriptionSockets _subscriptions;
    private readonly ILogger _logger;

    /// <summary>
    /// Whether a server has accepted the login; null if it did not reply. A server that is asked for the first time
    /// after it had accepted an earlier connection is not in it.
    /// </summary>
    private readonly ConcurrentDictionary<EndPoint, bool?> _isAccepted = new();

    private volatile string? _error;
    private long _retriedAt;

    /// <summary>Begins with connections that are accepted (<see cref="IsAcceptedAsync"/>).</summary>
    public RedisLogin(
        IConnectionMultiplexer redis,
        ConfigurationOptions configuration,
        SubscriptionSockets subscriptions,
        ILogger logger)
    {
        (_redis, _configuration, _subscriptions, _logger) = (redis, configuration, subscriptions, logger);
        if (!HasUser(configuration))
        {
            return;
        }

        foreach (var server in FindServers(redis).Where(server => !server.IsReplica))
        {
            _isAccepted[server.EndPoint] = true;
        }

        // For both types: one connection may carry commands and subscriptions. The few calls that are sent before the
        // reply arrives are not held back.
        redis.ConnectionRestored += (_, restored) =>
        {
            _isAccepted.TryRemove(new KeyValuePair<EndPoint, bool?>(restored.EndPoint!, true));
            _ = CheckAsync(isRetry: false);
        };

        // A replica may have become a master.
        redis.ConfigurationChanged += (_, _) => _ = CheckAsync(isRetry: false);
    }

    /// <summary>Whether every connected master knows this process as the configured user, if there is one.</summary>
    /// <exception cref="RedisException">A server does not answer.</exception>
    public static async Task<bool> IsAcceptedAsync(IConnectionMultiplexer redis, ConfigurationOptions configuration)
    {
        if (!HasUser(configuration))
        {
            return true;
        }

        var masters = FindServers(redis).Where(server => !server.IsReplica);
        var users = await Task.WhenAll(masters.Select(FindUserAsync)).ConfigureAwait(false);
        return Array.TrueForAll(users, user => user == configuration.User);
    }

    /// <summary>Throws if calls must not go to Redis now.</summary>
    /// <exception cref="StoreUnavailableException">A master has not accepted the login.</exception>
    public void ThrowIfRefused()
    {
        if (_error is { } error)
        {
            Retry();
            throw new StoreUnavailableException($"Redis {error}");
        }
    }

    private void Retry()
    {
        var (last, now) = (Volatile.Read(ref _retriedAt), TimeProvider.System.GetTimestamp());
        if (TimeProvider.System.GetElapsedTime(last, now) >= _retryPeriod
            && Interlocked.CompareExchange(ref _retriedAt, now, last) == last)
        {
            _ = CheckAsync(isRetry: true);
        }
    }

    // Asks the servers that have not accepted the login. A retry logs in again first.
    private async Task CheckAsync(bool isRetry)
    {
        var asked = FindServers(_redis).Where(server => !IsAccepted(server)).ToList();
        await Task.WhenAll(asked.Select(server => AskAsync(server, isRetry))).ConfigureAwait(false);
        var replies = FindServers(_redis)
            .Where(server => !server.IsReplica && _isAccepted.ContainsKey(server.EndPoint))
            .Select(master => _isAccepted.GetValueOrDefault(master.EndPoint))
            .ToList();
        if (replies.Count == 0)
        {
            // No master is connected, or it is being asked.
            return;
        }

        var before = _error;
        var error = replies.Contains(false) ? Refused : replies.Contains(null) ? Unknown : null;
        _error = error;
        if (error is not null && error != before)
        {
            LogRefused(RedisConnector.FormatServers(_redis.GetEndPoints(configuredOnly: true)), error);
        }
    }

    private async Task AskAsync(IServer server, bool isRetry)
    {
        try
        {
            if (isRetry && !await TryLogInAsync(server).ConfigureAwait(false))
            {
                _isAccepted[server.EndPoint] = false;
                return;
            }

            var isAccepted = await FindUserAsync(server).ConfigureAwait(false) == _configuration.User;
            _isAccepted[server.EndPoint] = isAccepted;
            if (isRetry && isAccepted)
            {
                // It has been connected as another user, and while it has subscriptions it cannot log in again.
                _subscriptions.Reconnect(server.EndPoint);
            }
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is not null)
        {
            // The next connection is checked too, and if it is a master, the next call tries again.
            _isAccepted[server.EndPoint] = null;
        }
    }

    private async Task<bool> TryLogInAsync(IServer server)
    {
        try
        {
            await server.ExecuteAsync("AUTH", _configuration.User!, _configuration.Password ?? "")
                .ConfigureAwait(false);
            return true;
        }
        catch (RedisServerException)
        {
            return false;
        }
    }

    private bool IsAccepted(IServer server) => _isAccepted.GetValueOrDefault(server.EndPoint) == true;

    // Without a user, and without the right password, Redis serves no command, unless it has none.
    private static bool HasUser(ConfigurationOptions configuration) => !string.IsNullOrWhiteSpace(configuration.User);

    private static IEnumerable<IServer> FindServers(IConnectionMultiplexer redis) =>
        redis.GetServers().Where(server => server.IsConnected && server.ServerType != ServerType.Sentinel);

    // Null if Redis refuses to say. Before version 6 it does, because it has no users.
    private static async Task<string?> FindUserAsync(IServer server)
    {
        try
        {
            return (string?)await server.ExecuteAsync("ACL", "WHOAMI").ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Redis at {Servers} {Reason} Every call fails until it accepts them.")]
    private partial void LogRefused(string servers, string reason);
}
