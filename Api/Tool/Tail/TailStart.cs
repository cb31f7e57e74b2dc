using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>Where a stream starts (docs/protocol.md, "Where it starts").</summary>
/// <param name="Query">A query parameter, or null.</param>
/// <param name="Id">The id after which it starts, or null.</param>
internal sealed partial record TailStart(string? Query, string? Id)
{
    /// <summary>What is wrong with a text that is not a start.</summary>
    public const string Rule =
        "--from must be 'start', -N for the last N updates, a duration such as 90s, 10m, 2h or 1d, "
        + "an ISO 8601 time, or the id of an update.";

    public static readonly TailStart Now = new(null, null);

    public static bool TryParse(string text, [NotNullWhen(true)] out TailStart? start)
    {
        start = text switch
        {
            "start" or "earliest" or "0" => new TailStart("from=earliest", null),
            _ when LastUpdates().IsMatch(text) => new TailStart($"from={text}", null),
            _ when SinceTime.IsValid(text) => new TailStart($"since={Uri.EscapeDataString(text)}", null),
            _ when UpdateId.TryParse(text, out _) || StreamPosition().IsMatch(text) => new TailStart(null, text),
            _ => null,
        };
        return start is not null;
    }

    [GeneratedRegex("^-[0-9]{1,7}$")]
    private static partial Regex LastUpdates();

    /// <summary>The id of a stream of several pages.</summary>
    [GeneratedRegex(@"^\.[!-~]+$")]
    private static partial Regex StreamPosition();
}
