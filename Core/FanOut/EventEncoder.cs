using System.Globalization;
using System.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Encodes events in the event stream format of the WHATWG HTML standard, §9.2.5 and §9.2.6. The grammar of its output:
/// <code>
/// event   = [ id ] [ name ] 1*data LF
/// id      = "id: " update-id LF
/// name    = "event: " any-char LF
/// data    = "data: " any-char LF          ; one for each line of the data
/// opening = "retry: " digits LF ":" any-char LF id LF
/// </code>
/// </summary>
public static class EventEncoder
{
    /// <summary>A comment, which clients skip. It keeps a silent connection open.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    /// <summary>
    /// Encodes one event. CR, LF and CRLF in the data each start a new <c>data:</c> line, so a client reads all of
    /// them as LF.
    /// </summary>
    public static byte[] Encode(UpdateId id, string? eventName, ReadOnlySpan<byte> data) =>
        EncodeAt(id.IsNone ? null : id, eventName, data);

    // Unlike Encode, writes the position 0 when it is given.
    private static byte[] EncodeAt(UpdateId? position, string? eventName, ReadOnlySpan<byte> data)
    {
        var text = new EventText(position, eventName, data);
        var bytes = new byte[text.Length];
        text.Write(bytes);
        return bytes;
    }

    /// <summary>
    /// The start of every stream: the reconnection delay and, in a block that dispatches no event (§9.2.6: the data
    /// buffer is empty), the position the stream starts from. A client that is cut off before its first event can
    /// then resume too.
    /// </summary>
    /// <param name="position">
    /// The position; null when it is not known yet: a client has no position in a page until it has received the whole
    /// snapshot.
    /// </param>
    /// <param name="retry">How long a client waits before it reconnects.</param>
    public static byte[] Opening(string? position, TimeSpan retry)
    {
        var id = position is null ? "" : $"id: {position}\n";
        var milliseconds = (long)retry.TotalMilliseconds;
        return ToAscii(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n: live\n{id}\n"));
    }

    /// <summary>
    /// The position in a block that dispatches no event, so that a client that is cut off resumes from there.
    /// </summary>
    public static byte[] Position(string position) => ToAscii($"id: {position}\n\n");

    /// <summary>Sets how long a client waits before it reconnects.</summary>
    public static byte[] Retry(TimeSpan retry) =>
        ToAscii(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n\n"));

    /// <summary>Says that the page has been deleted by the update <paramref name="id"/>.</summary>
    public static byte[] End(UpdateId id) => Encode(id, EventName.End, EventName.EndData.Span);

    /// <summary>
    /// Says that updates may be lost, how many if that is known, and after which position the stream continues. That
    /// becomes the client's position, unless a snapshot follows: then the snapshot sets it.
    /// </summary>
    public static byte[] Reset(PageReset reset, bool snapshotFollows)
    {
        var data = ResetData(reset);
        return EncodeAt(snapshotFollows ? null : reset.From, EventName.Reset, data);
    }

    /// <summary>The data of <see cref="Reset"/>.</summary>
    internal static byte[] ResetData(PageReset reset)
    {
        var missed = reset.Missed?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return ToAscii($$"""{"reason":"{{reset.ReasonName}}","from":"{{reset.From}}","missed":{{missed}}}""");
    }

    private static byte[] ToAscii(string text) => Encoding.ASCII.GetBytes(text);
}
