using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Where a subscriber asks its stream to start: after the position it holds, else from what the query says, else now.
/// </summary>
internal readonly record struct StartQuery
{
    private static readonly string[] _positionKeys = ["lastEventId", "last_event_id"];

    /// <summary>The position as the client sent it, or null when it holds none.</summary>
    public string? Position { get; private init; }

    /// <summary>Whether it begins with the page's posts, and has them again after a reset.</summary>
    public bool WantsSnapshots { get; private init; }

    public bool FromEarliest { get; private init; }

    /// <summary>How many updates from the end it asks for, or null.</summary>
    public long? FromLast { get; private init; }

    /// <summary>From when on it asks for history (<see cref="SinceTime"/>), or null.</summary>
    public string? Since { get; private init; }

    public bool HoldsPosition => Position is not null;

    /// <summary>Whether it starts at the page's head, as it is.</summary>
    public bool IsNow => !HoldsPosition && !FromEarliest && FromLast is null && Since is null;

    /// <summary>Reads <c>Last-Event-ID</c>, <c>lastEventId</c> in any case or as <c>last_event_id</c>, <c>from</c>, <c>since</c> and <c>snapshot</c>.</summary>
    public static bool TryRead(HttpRequest request, out StartQuery start, [NotNullWhen(false)] out string? error)
    {
        start = new StartQuery { Position = PositionOf(request) };
        error = null;
        if (request.Query.TryGetValue("from", out var from))
        {
            if (from == "earliest")
            {
                start = start with { FromEarliest = true };
            }
            else if (long.TryParse(from, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var last) && last is < 0 and >= -1_000_000)
            {
                start = start with { FromLast = -last };
            }
            else
            {
                error = "from is 'earliest', or a negative number such as -10 for the last ten updates.";
                return false;
            }
        }

        if (request.Query.TryGetValue("since", out var since))
        {
            if (!SinceTime.IsValid(since.ToString()))
            {
                error = "since is a duration such as 90s, 10m, 2h or 1d, or an ISO 8601 time.";
                return false;
            }

            start = start with { Since = since.ToString() };
        }

        return TryReadSnapshot(request, ref start, out error);
    }

    private static bool TryReadSnapshot(HttpRequest request, ref StartQuery start, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (!request.Query.TryGetValue("snapshot", out var snapshot))
        {
            return true;
        }

        if (snapshot != "true" && snapshot != "false")
        {
            error = "snapshot is 'true' or 'false'.";
            return false;
        }

        start = start with { WantsSnapshots = snapshot == "true" };
        if (start.WantsSnapshots && (start.FromEarliest || start.FromLast is not null || start.Since is not null))
        {
            error = "A stream begins with a snapshot or with history: snapshot=true goes without from and since.";
            return false;
        }

        return true;
    }

    private static string? PositionOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Last-Event-ID", out var header) && header.ToString() is { Length: > 0 } held)
        {
            return held;
        }

        return _positionKeys.Select(key => request.Query[key].ToString()).FirstOrDefault(text => text.Length > 0);
    }
}
