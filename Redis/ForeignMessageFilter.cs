using System.Text.Unicode;
using LiveStreams.Core.Metrics;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Decides which messages of other programs are streamed: UTF-8 text no larger than an update may be. Others are
/// dropped and counted. So is what looks like an announcement of this server but is larger than any.
/// </summary>
public sealed partial class ForeignMessageFilter
{
    /// <summary>The most bytes of JSON for one byte of data: a control character becomes <c>\u0000</c>.</summary>
    private const int MaxEscape = 6;

    /// <summary>More than an announcement has besides its data: the id, the event name, the names of members.</summary>
    private const int MaxAnnouncementOverhead = 2048;

    private readonly int _maxBytes;
    private readonly ILogger _logger;
    private readonly ServerMetrics _metrics;

    /// <param name="maxBytes">The largest message that is streamed, in bytes.</param>
    /// <param name="metrics">Counts dropped messages.</param>
    /// <param name="logger">Logs dropped messages, on the level Debug.</param>
    public ForeignMessageFilter(int maxBytes, ServerMetrics metrics, ILogger<ForeignMessageFilter> logger)
    {
        _maxBytes = maxBytes;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Whether the message may be streamed. If not, it is counted as dropped.</summary>
    public bool Accepts(ReadOnlySpan<byte> message) =>
        Check(message.Length > _maxBytes ? "oversized" : !Utf8.IsValid(message) ? "malformed" : null);

    /// <summary>
    /// Whether the message is small enough to be an announcement of this server. If not, it is counted as dropped.
    /// </summary>
    public bool AcceptsAnnouncement(ReadOnlySpan<byte> message) =>
        Check(message.Length > ((long)_maxBytes * MaxEscape) + MaxAnnouncementOverhead ? "oversized" : null);

    private bool Check(string? error)
    {
        if (error is not null)
        {
            _metrics.Store.CountDropped(error);
            LogDropped(error);
        }

        return error is null;
    }

    [LoggerMessage(LogLevel.Debug, "A message from another program was dropped: {Reason}.")]
    private partial void LogDropped(string reason);
}
