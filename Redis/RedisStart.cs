using System.Net;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The first connection to Redis, for the engine and for the cluster of silos. What is wrong with it is said in one
/// sentence, without the password.
/// </summary>
public static class RedisStart
{
    /// <summary>
    /// How often a silent connection is asked if it still lives, which keeps it open through firewalls. The client cuts
    /// one that does not answer after four times its <c>asyncTimeout</c>.
    /// </summary>
    private const int KeepAliveSeconds = 3;

    /// <summary>How Redis says that it wants another password.</summary>
    private static readonly string[] _passwordErrors = ["NOAUTH", "WRONGPASS"];

    /// <summary>What the client says of a wrong password, and of a certificate that it does not trust.</summary>
    private const string AuthenticationError = "AuthenticationFailure";

    /// <summary>
    /// Reads a connection string (<see cref="RedisOptions.Connection"/>), and sets what every connection of ours needs.
    /// </summary>
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

            // Otherwise the client keeps what is sent while Redis is away, and sends it after the caller was told that
            // it failed.
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            if (configuration.KeepAlive <= 0)
            {
                configuration.KeepAlive = KeepAliveSeconds;
            }

            return configuration.EndPoints.Count > 0 ? configuration : throw new RedisStartException("Redis:Connection names no server.");
        }
        catch (ArgumentException exception)
        {
            // What the client does not understand may be the rest of a password.
            var reason = connection.Contains("password", StringComparison.OrdinalIgnoreCase) ? "it has an option that the client does not know." : exception.Message;
            throw new RedisStartException($"Redis:Connection is not understood: {reason.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <summary>Connects; with <c>abortConnect=false</c> also while no server answers.</summary>
    /// <exception cref="RedisStartException">No server answers, or the password is wrong.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        // Not disposed: the client may go on writing to it while it tries again.
        var log = new StringWriter();
        var shared = TextWriter.Synchronized(log);
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration, shared).ConfigureAwait(false);
        }
        catch (RedisConnectionException exception)
        {
            string said;
            lock (shared)
            {
                said = $"{exception.Message} {log}";
            }

            throw new RedisStartException($"Redis at {Servers(configuration.EndPoints)} {Reason(said, configuration.Ssl)}", exception);
        }
    }

    internal static string Servers(IEnumerable<EndPoint> servers) => string.Join(", ", servers.Select(Server));

    internal static string Server(EndPoint? server) =>
        server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{server}";

    private static string Reason(string said, bool isTls)
    {
        var isAuthentication = said.Contains(AuthenticationError, StringComparison.Ordinal);
        if (_passwordErrors.Any(said.Contains) || (isAuthentication && !isTls))
        {
            return "does not accept the password, or the lack of one, in Redis:Connection.";
        }

        return isAuthentication
            ? "cannot be reached over TLS. Is its certificate for this host name, and trusted on this machine?"
            : "does not answer. Is it running, and are host, port and TLS as Redis:Connection says?";
    }
}
