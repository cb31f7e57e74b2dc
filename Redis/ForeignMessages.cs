using System.Diagnostics.Metrics;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Which messages of other programs are streamed: text that is no larger than an update may be. Others are dropped and
/// counted, in <c>livestreams.foreign.dropped</c> of the meter <see cref="MeterName"/>.
/// </summary>
public sealed partial class ForeignMessages(int maxBytes, ILogger<ForeignMessages> logger) : IDisposable
{
    public const string MeterName = "LiveStreams.Redis";

    private readonly Meter _meter = new(MeterName);
    private Counter<long>? _dropped;

    /// <summary>Whether a message is streamed.</summary>
    public bool Accepts(ReadOnlySpan<byte> message)
    {
        if (message.Length > maxBytes)
        {
            Drop("oversized");
            return false;
        }

        if (!Utf8.IsValid(message))
        {
            Drop("malformed");
            return false;
        }

        return true;
    }

    public void Dispose() => _meter.Dispose();

    private void Drop(string reason)
    {
        _dropped ??= _meter.CreateCounter<long>("livestreams.foreign.dropped", "{message}", "Messages of other programs that were not streamed.");
        _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
        LogDropped(reason);
    }

    [LoggerMessage(LogLevel.Debug, "A message of another program was dropped: {Reason}.")]
    private partial void LogDropped(string reason);
}
