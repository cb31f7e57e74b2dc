using LiveStreams.Api.Kestrel;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Hosting.Server;

namespace LiveStreams.Api.Drain;

/// <summary>
/// What a server does when it stops, before its other parts do:
/// <code>
/// SIGTERM ─▶ takes no connections, ends those without a request ─▶ the streams end over Drain:Period ─▶ 1 s more
///            publishes in progress are answered                    (a second SIGTERM: at once)          for the rest
/// </code>
/// After that the store closes, and a server that is a silo (<c>Orleans:Silo</c>) hands over its pages and leaves the
/// cluster.
/// </summary>
internal sealed partial class ServerShutdown(
    IServer server,
    FeedRegistry feeds,
    StopSignals signals,
    DrainPeriod period,
    TimeProvider time,
    ILogger<ServerShutdown> log,
    DetachedStreams? detached = null)
    : IHostedLifecycleService
{
    /// <summary>
    /// How long a request may take after the last stream was told to end, and a reader to take its end. Then they are
    /// cut off.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogStopping(feeds.SubscriberCount, period.Value.TotalSeconds);
        var start = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var requests = server.StopAsync(limit.Token);
        await new StreamDrain(feeds, time).RunAsync(period.Value, signals.Hurry);
        using var cutOff = new CancellationTokenSource(Timeout, time);
        using var link = cutOff.Token.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        await Task.WhenAll(requests, detached?.WaitForEndsAsync(limit.Token) ?? Task.CompletedTask);
        LogStopped(time.GetElapsedTime(start).TotalSeconds);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "The server stops. Its {Streams} event streams end over {Seconds} s.")]
    private partial void LogStopping(int streams, double seconds);

    [LoggerMessage(LogLevel.Information, "All requests and event streams have ended after {Seconds:0.0} s.")]
    private partial void LogStopped(double seconds);
}
