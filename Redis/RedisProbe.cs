using System.Globalization;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Connects to Redis as a server does at its start, and asks each master about itself with <c>INFO</c>, which an
/// operator grants to LiveStreams anyway. Nothing of it stays in Redis.
/// </summary>
public sealed class RedisProbe(
    RedisOptions options, ServerMetrics metrics, TimeProvider time, ILogger<RedisConnection> logger)
{
    private const int MaxConnectMilliseconds = 2_000;
    private const string RemoveScript = "redis.call('DEL', KEYS[1])";

    /// <summary>What the masters say of themselves; at least one.</summary>
    /// <param name="timeout">How long to wait for Redis.</param>
    /// <exception cref="RedisStartException">A server could not use this Redis; the message says why.</exception>
    public async Task<IReadOnlyList<RedisServerState>> RunAsync(TimeSpan timeout)
    {
        var configuration = RedisConnector.Parse(options.Connection);

        // A server tries again, and so takes longer to say what is wrong.
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, MaxConnectMilliseconds);
        configuration.ConnectRetry = 1;

        // The client counts INFO among the commands of administrators.
        configuration.AllowAdmin = true;
        try
        {
            return await FindAsync(configuration).WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw RedisConnector.NotAnswered(configuration);
        }
        catch (Exception exception) when (
            (exception as StoreUnavailableException ?? RedisErrors.Translate(exception)) is { } error)
        {
            throw new RedisStartException(
                $"Redis at {RedisConnector.FormatServers(configuration.EndPoints)} cannot be used: "
                + error.Message.ReplaceLineEndings(" "),
                exception);
        }
    }

    private async Task<IReadOnlyList<RedisServerState>> FindAsync(ConfigurationOptions configuration)
    {
        using var connection = await RedisConnection.OpenAsync(configuration, options, metrics, logger)
            .ConfigureAwait(false);

        // With abortConnect=false in the connection string.
        var masters = connection.Masters.ToList();
        if (masters.Count == 0)
        {
            throw RedisConnector.NotAnswered(configuration);
        }

        // Otherwise the key of the check that a start makes would stay for a minute.
        await connection.EvaluateAsync(RemoveScript, [connection.Names.Check], []).ConfigureAwait(false);
        return await Task.WhenAll(masters.Select(FindAsync)).ConfigureAwait(false);
    }

    private async Task<RedisServerState> FindAsync(IServer server)
    {
        var roundTrip = await server.PingAsync().ConfigureAwait(false);
        var asked = time.GetUtcNow();
        var clock = Find(await ReadInfoAsync(server, "server").ConfigureAwait(false), "server_time_usec");
        var answered = time.GetUtcNow();
        var memory = await ReadInfoAsync(server, "memory").ConfigureAwait(false);
        var persistence = await ReadInfoAsync(server, "persistence").ConfigureAwait(false);
        return new RedisServerState(
            RedisConnector.FormatServer(server.EndPoint),
            $"{server.Version}",
            roundTrip,
            Find(memory, "maxmemory_policy"),
            Find(persistence, "aof_enabled") is { } isEnabled ? isEnabled == "1" : null,
            long.TryParse(clock, CultureInfo.InvariantCulture, out var microseconds)
                ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds) - asked - ((answered - asked) / 2)
                : null);
    }

    // Empty if the user may not ask.
    private static async Task<ILookup<string, string>> ReadInfoAsync(IServer server, string section)
    {
        try
        {
            var info = await server.InfoAsync(section).ConfigureAwait(false);
            return info.SelectMany(group => group).ToLookup(pair => pair.Key, pair => pair.Value);
        }
        catch (RedisServerException)
        {
            return Enumerable.Empty<string>().ToLookup(text => text);
        }
    }

    private static string? Find(ILookup<string, string> info, string name) => info[name].FirstOrDefault();
}
