using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core;

/// <summary>How much of each page is kept for replay (<c>History:*</c>).</summary>
public sealed class HistoryOptions : IValidatableObject
{
    /// <summary>
    /// The most updates kept of a page. Default 1,000; 1 to 1,000,000. The oldest are removed first; a client that
    /// still needs them gets a reset.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxUpdates { get; set; } = 1000;

    /// <summary>
    /// How long an update is kept at most. Default 24 hours; 1 minute to 365 days, written <c>d.hh:mm:ss</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Other limits for some pages. The first pattern that matches a page applies.</summary>
    public IList<PageHistoryOptions> Pages { get; } = [];

    /// <summary>The limits of one page.</summary>
    public HistoryLimits For(PageId page)
    {
        foreach (var rule in Pages)
        {
            if (PagePattern.TryParse(rule.Pattern, out var pattern) && pattern.Matches(page))
            {
                return new HistoryLimits(rule.MaxUpdates ?? MaxUpdates, rule.MaxAge ?? MaxAge);
            }
        }

        return new HistoryLimits(MaxUpdates, MaxAge);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (index, rule) in Pages.Index())
        {
            if (!PagePattern.TryParse(rule.Pattern, out _))
            {
                yield return new ValidationResult(
                    "The pattern must be a page name, or a prefix of page names followed by '*'.",
                    [$"{nameof(Pages)}:{index}:Pattern"]);
            }

            var errors = new List<ValidationResult>();
            Validator.TryValidateObject(rule, new ValidationContext(rule), errors, validateAllProperties: true);
            foreach (var error in errors)
            {
                yield return new ValidationResult(
                    error.ErrorMessage,
                    error.MemberNames.Select(member => $"{nameof(Pages)}:{index}:{member}"));
            }
        }
    }
}

/// <summary>
/// History limits for the pages that match a pattern (<c>History:Pages:N:*</c>). A limit that is not set is the one for
/// all pages.
/// </summary>
public sealed class PageHistoryOptions
{
    /// <summary>A page name, or a prefix of page names followed by <c>*</c> (<see cref="PagePattern"/>).</summary>
    public string Pattern { get; set; } = "";

    /// <summary><see cref="HistoryOptions.MaxUpdates"/> for these pages.</summary>
    [Range(1, 1_000_000)]
    public int? MaxUpdates { get; set; }

    /// <summary><see cref="HistoryOptions.MaxAge"/> for these pages.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan? MaxAge { get; set; }
}

/// <summary>How much of one page is kept.</summary>
/// <param name="MaxUpdates">The most updates.</param>
/// <param name="MaxAge">The longest that an update is kept.</param>
public readonly record struct HistoryLimits(int MaxUpdates, TimeSpan MaxAge);
