using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Checks that the connections to Redis are those of the user that the connection string names. The client does not
/// check it: it sends the password first thing on each connection and ignores the reply, and where the default user
/// needs no password, everything then works as that user.
/// </summary>
internal static class RedisLogin
{
    public const string Refused = "does not accept the user and password in Redis:Connection, or does not let this "
        + "user call ACL WHOAMI.";

    /// <summary>Whether every connected server knows this process as the configured user, if there is one.</summary>
    /// <exception cref="RedisException">A server does not answer.</exception>
    public static async Task<bool> IsAcceptedAsync(IConnectionMultiplexer redis, ConfigurationOptions configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration.User))
        {
            // Without the right password Redis serves no command, unless it has none.
            return true;
        }

        var servers = redis.GetServers()
            .Where(server => server.IsConnected && server.ServerType != ServerType.Sentinel);
        var users = await Task.WhenAll(servers.Select(FindUserAsync)).ConfigureAwait(false);
        return Array.TrueForAll(users, user => user == configuration.User);
    }

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
}
