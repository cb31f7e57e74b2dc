using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Security;

/// <summary>
/// Which pages a request may list: those that its token may publish to, change posts of, or read; and where everyone
/// may publish, those that are not private.
/// </summary>
internal sealed class ListedNames(AuthOptions options, AnonymousPublishing anonymous)
{
    /// <summary>
    /// The names of a range that a request which passed <see cref="PageAuthorization.ToList"/> may see, whether there
    /// are such pages or not.
    /// </summary>
    public async ValueTask<IReadOnlyList<NameRange>> FindAsync(HttpContext context, NameRange range)
    {
        var names = new NameRanges();
        if (await anonymous.IsAllowed)
        {
            names.Add(range);
            foreach (var pattern in options.PrivatePages)
            {
                names.Remove(NameRange.Of(pattern));
            }
        }

        foreach (var pattern in context.Features.Get<Token>()?.Grants.Listed ?? [])
        {
            names.Add(NameRange.Of(pattern).Intersect(range));
        }

        return names.Ranges;
    }
}
