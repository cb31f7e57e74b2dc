using System.Diagnostics.Metrics;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Decides which messages of other programs are streamed: UTF-8 text no larger than an update may be. Others are
/// dropped and counted in <c>livestreams.foreign.dropped</c> of the meter <see cref="MeterName"/>.
/// </summary>
public sealed partial class ForeignMessageFilter : IDisposable
{
    public const string MeterName = "LiveStreams.Redis";

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
    public bool Accepts(ReadOnlySpan<byte> message)
    {
        var error = message.Length > _maxBytes ? "oversized" : !Utf8.IsValid(message) ? "malformed" : null;
        if (error is not null)
        {
            _dropped.Add(1, new KeyValuePair<string, object?>("reason", error));
            LogDropped(error);
        }

        return error is null;
    }

    public void Dispose() => _meter.Dispose();

    [LoggerMessage(LogLevel.Debug, "A message from another program was dropped: {Reason}.")]
    private partial void LogDropped(string reason);
}
