namespace LiveStreams.Core.FanOut;

/// <summary>The pages that a stream follows by patterns, those that exist and those that will be born.</summary>
/// <param name="Patterns">The patterns, 1 to <see cref="MaxPatterns"/>.</param>
/// <param name="MayFollow">
/// Whether the stream may follow a page that matches. It is asked when the stream meets the page.
/// </param>
/// <param name="WantsSnapshots">Whether a page that is born begins with its posts.</param>
public sealed record PatternScope(
    IReadOnlyList<PagePattern> Patterns, Func<PageId, bool> MayFollow, bool WantsSnapshots)
{
    /// <summary>The most patterns of a stream.</summary>
    public const int MaxPatterns = 10;

    /// <summary>
    /// The most pages that a stream follows by patterns. One that matches more is refused; one whose patterns match
    /// more later is ended, and refused when it returns.
    /// </summary>
    public const int MaxPages = 1000;

    /// <summary>
    /// How many seconds after the time that it bears an update may be in the store: by the clocks of the machine that
    /// published it and of this one. A moment until which a stream is complete is earlier by as much.
    /// </summary>
    public const int Tolerance = 10;

    /// <summary>Whether a page matches a pattern.</summary>
    public bool Matches(PageId page)
    {
        foreach (var pattern in Patterns)
        {
            if (pattern.Matches(page))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the stream follows a page that exists.</summary>
    internal bool Follows(PageId page) => Matches(page) && MayFollow(page);
}
