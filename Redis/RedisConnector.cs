using System.Net;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Makes the first connection to Redis, for the engine and for the cluster of silos. If it fails, the exception says
/// why in one sentence, without the password.
/// </summary>
public static class RedisConnector
{
    /// <summary>
    /// How often an idle connection is pinged, which keeps it open through firewalls. The client closes a connection
    /// that has not replied for four times its <c>asyncTimeout</c>.
    /// </summary>
    private const int KeepAliveSeconds = 3;

    /// <summary>How Redis says that it needs another password.</summary>
    private static readonly string[] _passwordErrors = ["NOAUTH", "WRONGPASS"];

    /// <summary>What the client reports for a wrong password, and for a certificate that it does not trust.</summary>
    private const string AuthenticationError = "AuthenticationFailure";

    private const string NoAnswer =
        "does not answer. Is it running, and are host, port and TLS as Redis:Connection says?";

    /// <summary>
    /// Parses a connection string (<see cref="RedisOptions.Connection"/>), and sets the options that every connection
    /// of LiveStreams needs.
    /// </summary>
    /// <exception cref="RedisStartException">The text is not a connection string.</exception>
    public static ConfigurationOptions Parse(string connection)
    {
        // The client would take such a part for another server, and name it in messages.
        if (connection.Split(',').SkipWhile(part => !part.Contains('=')).Any(part => !part.Contains('=')))
        {
            throw new RedisStartException(
                "Redis:Connection has a part without '=' after its options. A password must not contain a comma.");
        }

        try
        {
            var configuration = ConfigurationOptions.Parse(connection);
            configuration.ClientName ??= "LiveStreams";
            configuration.ReconnectRetryPolicy = new ReconnectDelay(configuration.ConnectTimeout);

            // Otherwise the client keeps what is sent while Redis cannot be reached, and sends it after the caller was
            // told that it failed.
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            if (configuration.KeepAlive <= 0)
            {
                configuration.KeepAlive = KeepAliveSeconds;
            }

            return configuration.EndPoints.Count > 0
                ? configuration
                : throw new RedisStartException("Redis:Connection names no server.");
        }
        catch (ArgumentException exception)
        {
            // The part that the client does not understand may be the rest of a password.
            var reason = connection.Contains("password", StringComparison.OrdinalIgnoreCase)
                ? "it has an option that the client does not know."
                : exception.Message;
            throw new RedisStartException(
                $"Redis:Connection is not valid: {reason.ReplaceLineEndings(" ")}",
                exception);
        }
    }

    /// <summary>Connects. With <c>abortConnect=false</c> it succeeds even if no server answers.</summary>
    /// <exception cref="RedisStartException">No server answers, or user or password are wrong.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        // Not disposed: the client may still write to it while it tries again.
        var log = new StringWriter();
        var synchronizedLog = TextWriter.Synchronized(log);
        ConnectionMultiplexer? redis = null;
        string reason;
        Exception? cause = null;
        try
        {
            redis = await ConnectionMultiplexer.ConnectAsync(configuration, synchronizedLog).ConfigureAwait(false);
            if (redis.IsConnected)
            {
                (configuration.ReconnectRetryPolicy as ReconnectDelay)?.OnConnected();
            }

            if (await RedisLogin.IsAcceptedAsync(redis, configuration).ConfigureAwait(false))
            {
                return redis;
            }

            reason = RedisLogin.Refused;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            cause = exception;
            string output;
            lock (synchronizedLog)
            {
                output = $"{exception.Message} {log}";
            }

            reason = FindReason(output, configuration.Ssl);
        }

        redis?.Dispose();
        throw new RedisStartException($"Redis at {FormatServers(configuration.EndPoints)} {reason}", cause);
    }

    internal static RedisStartException NotAnswered(ConfigurationOptions configuration) =>
        new($"Redis at {FormatServers(configuration.EndPoints)} {NoAnswer}");

    internal static string FormatServers(IEnumerable<EndPoint> servers) =>
        string.Join(", ", servers.Select(FormatServer));

    internal static string FormatServer(EndPoint? server) =>
        server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{server}";

    private static string FindReason(string output, bool isTls)
    {
        var isAuthentication = output.Contains(AuthenticationError, StringComparison.Ordinal);
        if (_passwordErrors.Any(output.Contains) || (isAuthentication && !isTls))
        {
            return "does not accept the password, or the lack of one, in Redis:Connection.";
        }

        return isAuthentication
            ? "cannot be reached over TLS. Is its certificate for this host name, and trusted on this machine?"
            : NoAnswer;
    }
}
