using System.Globalization;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Http;

/// <summary>
/// A moment in the past: a duration before now (<c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>), or an ISO 8601 time,
/// which is UTC unless it has an offset.
/// </summary>
internal static partial class SinceTime
{
    /// <summary>What a client is told about a text that is not valid.</summary>
    public const string Rule = "since must be a duration such as 90s, 10m, 2h or 1d, or an ISO 8601 time.";

    public static bool IsValid(string text) => TryParse(text, DateTimeOffset.UnixEpoch.AddYears(1000), out _);

    /// <exception cref="FormatException">The text is not one that <see cref="IsValid"/> accepts.</exception>
    public static DateTimeOffset Parse(string text, DateTimeOffset now) => TryParse(text, now, out var moment)
        ? moment
        : throw new FormatException($"'{text}' is neither a duration nor a time.");

    private static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        if (ShortDuration.TryParse(text, out var ago))
        {
            moment = now - ago;
            return true;
        }

        // The '+' of an offset arrives as a space if it was not percent-encoded.
        moment = default;
        return Iso().IsMatch(text) && DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
    }

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[ +-][0-9:]+)?)?$")]
    private static partial Regex Iso();
}
