namespace LiveStreams.Core;

/// <summary>The rule for event names. A name that breaks a line would let a publisher forge other fields of the stream.</summary>
public static class EventName
{
    /// <summary>The longest event name, in UTF-16 code units.</summary>
    public const int MaxLength = 200;

    /// <summary>The event by which a stream says that its page has been deleted. It has an id, and is in no history.</summary>
    public const string End = "end";

    /// <summary>The event that shows a page's posts.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>The event by which a stream says that updates are lost.</summary>
    public const string Reset = "reset";

    /// <summary>The stream's own events: if a publisher could send them, a subscriber could not trust what they say.</summary>
    private static readonly string[] _reserved = [Reset, Snapshot, End];

    /// <summary>The data of <see cref="End"/>.</summary>
    internal static ReadOnlyMemory<byte> EndData { get; } = """{"reason":"deleted"}"""u8.ToArray();

    /// <summary>What is wrong with a name, in one sentence, or null.</summary>
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

        return _reserved.Contains(name) ? $"The event name '{name}' belongs to the stream itself ({string.Join(", ", _reserved)})." : null;
    }
}
