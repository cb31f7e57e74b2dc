namespace LiveStreams.Core;

/// <summary>
/// The event names that a stream asks for (<c>event=NAME</c>). The stream's own events (<c>reset</c>, <c>snapshot</c>,
/// <c>end</c>) pass every filter. An update without a name has the name <see cref="EventName.Default"/>.
/// </summary>
public sealed class EventFilter
{
    /// <summary>The most names in a filter.</summary>
    public const int MaxNames = 20;

    /// <summary>Every update passes.</summary>
    public static readonly EventFilter All = new([]);

    private readonly string[] _names;

    /// <param name="names">The names; none lets everything pass.</param>
    public EventFilter(IEnumerable<string> names) => _names = [.. names];

    /// <summary>Whether an update passes.</summary>
    /// <param name="name">Its event name, or null.</param>
    public bool Passes(string? name) =>
        _names.Length == 0 || name == EventName.End || Array.IndexOf(_names, name ?? EventName.Default) >= 0;
}
