using System.Net;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>The first connection to Redis: what may be wrong with it is said in one sentence, without the password.</summary>
internal static class RedisStart
{
    /// <summary>
    /// A silent connection is asked so often if it still lives, which keeps it open through firewalls. One that dies without a word the newer clients
    /// cut after four times their <c>asyncTimeout</c>; version 1.2 leaves that to the operating system.
    /// </summary>
    private const int KeepAliveSeconds = 3;

    /// <summary>How Redis, and its client, say that they do not agree about the password.</summary>
    private static readonly string[] _authenticationFaults = ["AuthenticationFailure", "NOAUTH", "WRONGPASS"];

    /// <exception cref="RedisStartException">The text is not a connection string.</exception>
    public static ConfigurationOptions Parse(string connection)
    {
        // The client would take such a part for another server, and name it in messages.
        if (connection.Split(',').SkipWhile(part => !part.Contains('=')).Any(part => !part.Contains('=')))
        {
            throw new RedisStartException("Redis:Connection has a part without '=' after its options; a password with a comma in it cannot stand there.");
        }

        try
        {
            var configuration = ConfigurationOptions.Parse(connection);
            configuration.ClientName ??= "LiveStreams";
            configuration.ReconnectRetryPolicy = new LinearRetry(configuration.ConnectTimeout);
            if (configuration.KeepAlive <= 0)
            {
                configuration.KeepAlive = KeepAliveSeconds;
            }

            return configuration.EndPoints.Count > 0 ? configuration : throw new RedisStartException("Redis:Connection names no server.");
        }
        catch (ArgumentException fault)
        {
            // What the client does not understand may be the rest of a password.
            var reason = connection.Contains("password", StringComparison.OrdinalIgnoreCase) ? "it has an option that the client does not know." : fault.Message;
            throw new RedisStartException($"Redis:Connection is not understood: {reason.ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <exception cref="RedisStartException">No server answers, or the password is wrong.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        using var log = new StringWriter();
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration, log).ConfigureAwait(false);
        }
        catch (RedisConnectionException fault)
        {
            var servers = Servers(configuration.EndPoints);
            var said = $"{fault.Message} {log}";
            throw new RedisStartException(
                _authenticationFaults.Any(said.Contains)
                    ? $"Redis at {servers} does not accept the password, or the lack of one, in Redis:Connection."
                    : $"Redis at {servers} does not answer. Is it running, and are host, port and TLS as Redis:Connection says?",
                fault);
        }
    }

    public static string Servers(IEnumerable<EndPoint> servers) => string.Join(", ", servers.Select(Server));

    public static string Server(EndPoint? server) => server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{server}";
}
