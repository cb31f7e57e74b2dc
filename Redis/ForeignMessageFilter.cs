using System.Diagnostics.Metrics;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Decides which messages of other programs are streamed: UTF-8 text no larger than an update may be. Others are
/// dropped and counted in <c>livestreams.foreign.dropped</c> of the meter <see cref="MeterName"/>. So is what looks
/// like an announcement of this server but is larger than any.
/// </summary>
public sealed partial class ForeignMessageFilter : IDisposable
{
    public const string MeterName = "LiveStreams.Redis";

    /// <summary>The most bytes of JSON for one byte of data: a control character becomes <c>\u0000</c>.</summary>
    private const int MaxEscape = 6;

    /// <summary>More than an announcement has besides its data: the id, the event name, the names of members.</summary>
    private const int MaxAnnouncementOverhead = 2048;

    private readonly int _maxBytes;
    private readonly ILogger _logger;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _dropped;

    /// <param name="maxBytes">The largest message that is streamed, in bytes.</param>
    /// <param name="logger">Logs dropped messages, on the level Debug.</param>
    public ForeignMessageFilter(int maxBytes, ILogger<ForeignMessageFilter> logger)
    {
        _maxBytes = maxBytes;
        _logger = logger;
        _dropped = _meter.CreateCounter<long>(
            "livestreams.foreign.dropped",
            "{message}",
            "Messages of other programs that were not streamed.");
    }

    /// <summary>Whether the message may be streamed. If not, it is counted as dropped.</summary>
    public bool Accepts(ReadOnlySpan<byte> message) =>
        Check(message.Length > _maxBytes ? "oversized" : !Utf8.IsValid(message) ? "malformed" : null);

    /// <summary>
    /// Whether the message is small enough to be an announcement of this server. If not, it is counted as dropped.
    /// </summary>
    public bool AcceptsAnnouncement(ReadOnlySpan<byte> message) =>
        Check(message.Length > ((long)_maxBytes * MaxEscape) + MaxAnnouncementOverhead ? "oversized" : null);

    public void Dispose() => _meter.Dispose();

    private bool Check(string? error)
    {
        if (error is not null)
        {
            _dropped.Add(1, new KeyValuePair<string, object?>("reason", error));
            LogDropped(error);
        }

        return error is null;
    }

    [LoggerMessage(LogLevel.Debug, "A message from another program was dropped: {Reason}.")]
    private partial void LogDropped(string reason);
}
