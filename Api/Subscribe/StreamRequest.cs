using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>A request for an event stream.</summary>
/// <param name="Scope">What the stream follows.</param>
/// <param name="Start">Where it starts.</param>
internal sealed record StreamRequest(StreamScope Scope, StartQuery Start)
{
    /// <summary>
    /// How many reads of the store the start counts as. Several pages always count, because each may have to be read,
    /// and patterns as one more, because pages are listed for them.
    /// </summary>
    public int Reads => Scope.UsesEnvelopes
        ? Scope.Pages.Count + (Scope.Patterns is null ? 0 : 1)
        : Start.ReadsStore ? 1 : 0;

    /// <summary>Reads a request for the page in the path.</summary>
    public static bool TryReadPage(
        HttpContext context,
        [NotNullWhen(true)] out StreamRequest? request,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        request = null;
        if (!PagePath.TryRead(context, out var page, out refusal)
            || !StartQuery.TryRead(context.Request, out var start, out refusal)
            || !EventNames.TryRead(context.Request.Query["event"], out var filter, out refusal)
            || !TryReadPresence(context, defaultValue: false, out var wantsPresence, out refusal))
        {
            return false;
        }

        request = new StreamRequest(StreamScope.Of(page, filter, wantsPresence), start);
        return true;
    }

    /// <summary>Reads whether the stream asks to be told how many streams its pages have.</summary>
    public static bool TryReadPresence(
        HttpContext context, bool defaultValue, out bool wantsPresence, [NotNullWhen(false)] out Refusal? refusal) =>
        QueryFlag.TryRead(context.Request, "presence", defaultValue, out wantsPresence, out refusal);
}
