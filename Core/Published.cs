namespace LiveStreams.Core;

/// <summary>The store's answer to a draft.</summary>
/// <param name="Id">The update's id; <see cref="UpdateId.None"/> when it was live-only.</param>
/// <param name="Repeated">True when the draft's key had been answered before, or the page had been ended before, so nothing new was published.</param>
public readonly record struct Published(UpdateId Id, bool Repeated)
{
    /// <summary>The answer to a draft that would have taken the page's posts over a bound (<see cref="Posts.PostOptions"/>). It was not published.</summary>
    public static readonly Published PostsFull = new(UpdateId.None, Repeated: false) { IsPostsFull = true };

    public bool IsPostsFull { get; private init; }
}
