namespace LiveStreams.Core.FanOut;

/// <summary>What a stream follows.</summary>
/// <param name="Pages">The pages, each once.</param>
/// <param name="Filter">Which updates of theirs.</param>
/// <param name="UsesEnvelopes">
/// Whether its events are in envelopes (<see cref="Envelope"/>). Without them there is one page.
/// </param>
/// <param name="Patterns">Patterns for more pages, or null.</param>
/// <param name="WantsPresence">Whether it is told how many streams each of its pages has.</param>
public sealed record StreamScope(
    IReadOnlyList<PageId> Pages,
    EventFilter Filter,
    bool UsesEnvelopes,
    PatternScope? Patterns = null,
    bool WantsPresence = false)
{
    /// <summary>One page, without envelopes.</summary>
    public static StreamScope Of(PageId page, EventFilter filter, bool wantsPresence = false) =>
        new([page], filter, UsesEnvelopes: false, WantsPresence: wantsPresence);
}
