using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Where a client asks its stream to start: after the position it holds, else where the query says, else now.
/// </summary>
internal readonly record struct StartQuery
{
    private const int MaxFromLast = 1_000_000;
    private static readonly string[] _positionKeys = ["lastEventId", "last_event_id"];

    /// <summary>The position as the client sent it, or null if it sent none.</summary>
    public string? Position { get; private init; }

    /// <summary>Whether the stream begins with the page's posts, and repeats them after a reset.</summary>
    public bool WantsSnapshots { get; private init; }

    public bool FromEarliest { get; private init; }

    /// <summary>How many of the newest updates the client asks for, or null.</summary>
    public long? FromLast { get; private init; }

    /// <summary>The time from which the client asks for history (<see cref="SinceTime"/>), or null.</summary>
    public string? Since { get; private init; }

    public bool HasPosition => Position is not null;

    /// <summary>Whether the stream starts at the page's head, without history or snapshot.</summary>
    public bool IsNow => !HasPosition && IsLive;

    /// <summary>Whether a page in which the client holds no position starts at its head.</summary>
    public bool IsLive => !FromEarliest && FromLast is null && Since is null;

    /// <summary>Whether the store is read to find the start.</summary>
    public bool ReadsStore => !IsNow || WantsSnapshots;

    /// <summary>
    /// Reads <c>Last-Event-ID</c>, <c>lastEventId</c> in any case or as <c>last_event_id</c>, <c>from</c>, <c>since</c>
    /// and <c>snapshot</c>.
    /// </summary>
    public static bool TryRead(
        HttpRequest request,
        out StartQuery query,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        query = new StartQuery { Position = FindPosition(request) };
        var error = ReadFrom(request.Query, ref query)
            ?? ReadSince(request.Query, ref query)
            ?? ReadSnapshot(request.Query, ref query);
        refusal = error is null ? null : new Refusal(Problem.Query, error);
        return refusal is null;
    }

    private static string? FindPosition(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Last-Event-ID", out var header)
            && header.ToString() is { Length: > 0 } position)
        {
            return position;
        }

        return _positionKeys.Select(key => request.Query[key].ToString()).FirstOrDefault(text => text.Length > 0);
    }

    private static string? ReadFrom(IQueryCollection parameters, ref StartQuery query)
    {
        if (!parameters.TryGetValue("from", out var from))
        {
            return null;
        }

        if (from == "earliest")
        {
            query = query with { FromEarliest = true };
            return null;
        }

        if (long.TryParse(from, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var last)
            && last is < 0 and >= -MaxFromLast)
        {
            query = query with { FromLast = -last };
            return null;
        }

        return "from must be 'earliest', or a negative number such as -10 for the last ten updates.";
    }

    private static string? ReadSince(IQueryCollection parameters, ref StartQuery query)
    {
        if (!parameters.TryGetValue("since", out var since))
        {
            return null;
        }

        if (!SinceTime.IsValid(since.ToString()))
        {
            return SinceTime.Rule;
        }

        query = query with { Since = since.ToString() };
        return null;
    }

    private static string? ReadSnapshot(IQueryCollection parameters, ref StartQuery query)
    {
        if (!parameters.TryGetValue("snapshot", out var snapshot))
        {
            return null;
        }

        if (snapshot != "true" && snapshot != "false")
        {
            return "snapshot must be 'true' or 'false'.";
        }

        query = query with { WantsSnapshots = snapshot == "true" };
        return query.WantsSnapshots && (query.FromEarliest || query.FromLast is not null || query.Since is not null)
            ? "A stream begins with a snapshot or with history: snapshot=true cannot be combined with from or since."
            : null;
    }
}
