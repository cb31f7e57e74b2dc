namespace LiveStreams.Core;

/// <summary>
/// The rules for event names. A name with a line break would let a publisher forge other fields of the stream.
/// </summary>
public static class EventName
{
    /// <summary>The longest event name, in UTF-16 code units.</summary>
    public const int MaxLength = 200;

    /// <summary>The name that a browser gives to an event without one, so it is the same as none.</summary>
    public const string Default = "message";

    /// <summary>The event that says that the page has been deleted. It has an id, but is not kept in history.</summary>
    public const string End = "end";

    /// <summary>The event with all of a page's posts.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>The event that says that missed updates are lost.</summary>
    public const string Reset = "reset";

    /// <summary>The event that says how many event streams the page has. It has no id.</summary>
    public const string Presence = "presence";

    /// <summary>The stream's own events. If a publisher could send them, a subscriber could not trust them.</summary>
    private static readonly string[] _reserved = [Reset, Snapshot, End, Presence];

    /// <summary>The data of <see cref="End"/>.</summary>
    internal static ReadOnlyMemory<byte> EndData { get; } = """{"reason":"deleted"}"""u8.ToArray();

    /// <summary>What is wrong with a name, in one sentence; null if it is valid.</summary>
    public static string? FindError(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"An event name has 1 to {MaxLength} characters.";
        }

        if (name.Any(char.IsControl))
        {
            return "An event name cannot contain control characters, CR, LF or NUL.";
        }

        return _reserved.Contains(name)
            ? $"The event name '{name}' is reserved for the stream itself ({string.Join(", ", _reserved)})."
            : null;
    }
}
