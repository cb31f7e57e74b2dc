namespace LiveStreams.Core.FanOut;

/// <summary>How far a stream with patterns is: the pages that wait to be followed, and its moment.</summary>
/// <param name="scope">The patterns.</param>
/// <param name="namedPages">How many pages the stream has besides those that it follows by patterns.</param>
internal sealed class PatternProgress(PatternScope scope, int namedPages)
{
    /// <summary>The ticks after which the moment is due again.</summary>
    public const int TicksPerMoment = 5;

    public PatternScope Scope => scope;

    public int NamedPages => namedPages;

    /// <summary>The pages that were born and are not followed yet.</summary>
    public PageArrivals Arrivals { get; } = new();

    /// <summary>The tick of the last look at the moment.</summary>
    public long MomentTick { get; set; } = -TicksPerMoment;

    /// <summary>The tick of the last attempt to follow arrivals that has failed.</summary>
    public long FailedTick { get; set; } = -1;

    /// <summary>The moment of which the client knows all updates from before, in Unix seconds.</summary>
    public long CompleteUntil { get; set; }
}
