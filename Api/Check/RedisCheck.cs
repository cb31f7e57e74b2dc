using System.Globalization;
using LiveStreams.Core.Metrics;
using LiveStreams.Redis;

namespace LiveStreams.Api.Check;

/// <summary>
/// Whether the server could use its Redis, whether that keeps what it is given, and what time it is there.
/// </summary>
internal sealed class RedisCheck : ICheck
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(6);

    /// <summary>Every key of a page expires, so that volatile-* would remove pages too.</summary>
    private const string SafePolicy = "noeviction";

    public string Subject => "Redis:Connection";

    public async Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (OptionsOf<RedisOptions>.Find(services) is not { } options)
        {
            return [];
        }

        var probe = new RedisProbe(
            options,
            services.GetRequiredService<ServerMetrics>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RedisConnection>>());
        return [.. (await probe.RunAsync(_timeout)).SelectMany(Check)];
    }

    private static IEnumerable<Finding> Check(RedisServerState server)
    {
        var name = $"Redis at {server.Address}";
        yield return Finding.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: version {server.Version}, {server.RoundTrip.TotalMilliseconds:0.0} ms, publishing is allowed."));
        yield return server.EvictionPolicy switch
        {
            SafePolicy => Finding.Ok($"{name} removes nothing when it is full (maxmemory-policy noeviction)."),
            null => Finding.Warn(
                $"{name} does not say its maxmemory-policy: let this user call INFO, or see for yourself that it is "
                + "noeviction."),
            var policy => Finding.Fail(
                $"{name} removes pages when it is full (maxmemory-policy {policy}): set maxmemory-policy to "
                + "noeviction there."),
        };
        if (server.IsAppendOnly is { } isAppendOnly)
        {
            yield return isAppendOnly
                ? Finding.Ok($"{name} writes updates to its disk (appendonly yes).")
                : Finding.Warn(
                    $"{name} loses updates when it stops (appendonly no): set appendonly to yes there.");
        }

        yield return ClockRule.Check($"The clock of {name}", server.ClockOffset);
    }
}
