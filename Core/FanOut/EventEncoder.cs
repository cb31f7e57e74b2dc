using System.Globalization;
using System.Text;
using LiveStreams.Core.Posts;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Writes the event stream format of the WHATWG HTML standard, §9.2.5 and §9.2.6. The grammar of what is written:
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
    /// <summary>Keeps a silent connection alive: a comment, which a client skips.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    /// <summary>One event. CR, LF and CRLF in the data each begin a new <c>data:</c> line, so a client reads them all as LF.</summary>
    public static byte[] Encode(UpdateId id, string? eventName, ReadOnlySpan<byte> data) => EncodeAt(id.IsNone ? null : id, eventName, data);

    // With the position 0 too, if it is given.
    private static byte[] EncodeAt(UpdateId? position, string? eventName, ReadOnlySpan<byte> data)
    {
        var text = new EventText(position, eventName, data);
        var bytes = new byte[text.Length];
        text.Write(bytes);
        return bytes;
    }

    /// <summary>
    /// What every stream begins with: how long to wait before reconnecting, and, in a block that fires no event (§9.2.6: the
    /// data buffer is empty), the position it starts from, so that a client cut off before its first event resumes too. Before a snapshot
    /// there is none: a client that has not had the whole of that has no position.
    /// </summary>
    public static byte[] Opening(UpdateId? position, TimeSpan retry) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n: live\n{(position is null ? "" : $"id: {position}\n")}\n"));

    /// <summary>Tells a client how long to wait before it reconnects.</summary>
    public static byte[] Retry(TimeSpan retry) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n\n"));

    /// <summary>Shows a subscriber the page's posts, and the position at which they stand.</summary>
    public static byte[] Snapshot(PagePosts posts) => EncodeAt(posts.Page.Head, EventName.Snapshot, PostsJson.Snapshot(posts).Span);

    /// <summary>Tells a subscriber that the page has been deleted, by the update of this id.</summary>
    public static byte[] End(UpdateId id) => Encode(id, EventName.End, EventName.EndData.Span);

    /// <summary>
    /// Tells a subscriber that what it missed cannot be had, and the position from which the stream goes on. It holds that position then, unless a snapshot follows,
    /// which gives it.
    /// </summary>
    public static byte[] Reset(ResetReason reason, UpdateId from, bool snapshotFollows)
    {
        var name = reason switch
        {
            ResetReason.Trimmed => "trimmed",
            ResetReason.Epoch => "epoch",
            _ => "unknown",
        };
        var data = Encoding.ASCII.GetBytes($$"""{"reason":"{{name}}","from":"{{from}}"}""");
        return EncodeAt(snapshotFollows ? null : from, EventName.Reset, data);
    }
}
