using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core;

/// <summary>History limits for the pages of a pattern (<c>History:Pages:N:*</c>); what is not set is as for every page.</summary>
public sealed class PageHistoryOptions
{
    /// <summary>A page name, or the beginning of names and <c>*</c>.</summary>
    public string Pattern { get; set; } = "";

    [Range(1, 1_000_000)]
    public int? MaxUpdates { get; set; }

    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan? MaxAge { get; set; }
}
