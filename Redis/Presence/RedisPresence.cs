using System.Security.Cryptography;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// The nodes report to each other over one channel of Redis, where nothing is stored. A node publishes at most one
/// message a second: what has changed, or after 5 s of silence a sign of life. The messages are numbered, so a node
/// that misses one notices it with the next, and asks all nodes for their whole state. So does a node that starts, or
/// was cut off.
/// </summary>
public sealed partial class RedisPresence : IPresence, IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _signOfLifePeriod = TimeSpan.FromSeconds(5);

    /// <summary>How long the last message may take when the node stops.</summary>
    private static readonly TimeSpan _leaveTimeout = TimeSpan.FromSeconds(1);

    private readonly string _node = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly RedisConnection _connection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LocalCounts _local = new();
    private readonly RemoteCounts _others;
    private readonly PresenceChannel _channel;
    private long _sequence;
    private long? _reportedAt;
    private bool _hasFailed;
    private int _malformed;

    public RedisPresence(
        RedisConnection connection, ServerMetrics metrics, TimeProvider time, ILogger<RedisPresence> logger)
    {
        (_connection, _time, _logger) = (connection, time, logger);
        _others = new RemoteCounts(_node, time);
        _channel = new PresenceChannel(connection, OnMessage);
        connection.Interrupted += _others.OnInterrupted;
        metrics.Store.OtherNodes = () => _others.Nodes;
        metrics.Store.PagesElsewhere = () => _others.Pages;
    }

    public int CountElsewhere(PageId page) => _others.Count(page);

    public async Task RunAsync(Func<IEnumerable<PageCount>> readCounts, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_period, _time);
        try
        {
            do
            {
                _others.ForgetSilent();
                _local.Update(readCounts());
                await TryReportAsync().ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await LeaveAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _connection.Interrupted -= _others.OnInterrupted;
        _channel.Unsubscribe();
    }

    private async Task TryReportAsync()
    {
        try
        {
            await ReportAsync().ConfigureAwait(false);
            if (_hasFailed)
            {
                _hasFailed = false;
                LogRestored();
            }
        }
        catch (Exception exception) when (FindReason(exception) is { } reason)
        {
            // It is not known whether the others have the report.
            _local.OnLost();
            _others.OnInterrupted();
            if (!_hasFailed)
            {
                _hasFailed = true;
                LogFailed(reason);
            }
        }
    }

    private async Task ReportAsync()
    {
        if (await _channel.EnsureAsync().ConfigureAwait(false))
        {
            _others.OnInterrupted();
        }

        if (_others.TakeRequest())
        {
            _local.RequestWhole();
        }

        var isRequest = _others.TakeNeed();
        var isDue = _reportedAt is not { } last || _time.GetElapsedTime(last) >= _signOfLifePeriod;
        if (_local.HasPending || isRequest || isDue)
        {
            _reportedAt = _time.GetTimestamp();
            var report = _local.Take(new PresenceReport(_node, ++_sequence) { IsRequest = isRequest });
            await _channel.PublishAsync(PresenceJson.Write(report)).ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync()
    {
        var report = new PresenceReport(_node, ++_sequence) { IsLeaving = true };
        try
        {
            await _channel.PublishAsync(PresenceJson.Write(report)).WaitAsync(_leaveTimeout, _time)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (FindReason(exception) is { } reason)
        {
            LogNotLeft(reason);
        }
    }

    private void OnMessage(byte[] message)
    {
        if (PresenceJson.Read(message) is { } report)
        {
            _others.Receive(report);
        }
        else if (Interlocked.Exchange(ref _malformed, 1) == 0)
        {
            LogMalformed(_connection.Names.Presence);
        }
    }

    private static string? FindReason(Exception exception) => exception is StoreUnavailableException
        ? exception.Message
        : RedisErrors.Translate(exception)?.Message;

    [LoggerMessage(
        LogLevel.Warning,
        "The streams of other nodes cannot be counted: {Reason} Their last known number is used for 20 s.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The streams of other nodes are counted again.")]
    private partial void LogRestored();

    [LoggerMessage(
        LogLevel.Warning,
        "The other nodes could not be told that this one stops: {Reason} They count its streams for 20 s more.")]
    private partial void LogNotLeft(string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "A message on the channel {Channel} is not a report of a node. It is ignored, and so are those that follow. "
        + "Only LiveStreams may publish there.")]
    private partial void LogMalformed(string channel);
}
