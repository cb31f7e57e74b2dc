namespace LiveStreams.Grains;

/// <summary>How a publish ended. The numbers are the wire format.</summary>
[Alias("livestreams.publish-outcome")]
public enum PublishOutcome
{
    Published = 0,
    StoreUnavailable = 1,

    /// <summary>It may have been published.</summary>
    Unknown = 2,
    PageBusy = 3,

    /// <summary>The page has as many posts, or as large ones, as it may have.</summary>
    PostsFull = 4,

    /// <summary>
    /// The page's name or the draft is not valid; the reply's message says why. Sending it again does not help.
    /// </summary>
    Invalid = 5,
}
