using LiveStreams.Core;
using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Security;

/// <summary>
/// Which pages a request may follow by patterns: those that it may read by their names, so all that are not private,
/// and the private ones that its token grants. The others are as if they did not exist.
/// </summary>
internal sealed class FollowedNames(AuthOptions options)
{
    /// <summary>The names that match the patterns.</summary>
    public IReadOnlyList<NameRange> Find(IReadOnlyList<PagePattern> patterns, Grants? grants)
    {
        var names = new NameRanges();
        foreach (var pattern in patterns)
        {
            names.Add(NameRange.Of(pattern));
        }

        foreach (var pattern in options.PrivatePages)
        {
            names.Remove(NameRange.Of(pattern));
        }

        foreach (var granted in grants?.Subscribed ?? [])
        {
            foreach (var pattern in patterns)
            {
                names.Add(NameRange.Of(granted).Intersect(NameRange.Of(pattern)));
            }
        }

        return names.Ranges;
    }

    /// <summary>Whether a page that matches may be followed.</summary>
    public bool MayFollow(PageId page, Grants? grants) =>
        !options.IsPrivate(page) || grants?.MaySubscribe(page) is true;
}
