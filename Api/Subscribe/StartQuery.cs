using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LiveStreams.Core;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Where a subscriber asks its stream to start: after the position it holds, else from what the query says, else now.
/// </summary>
internal readonly record struct StartQuery
{
    private static readonly string[] _positionKeys = ["lastEventId", "last_event_id"];

    /// <summary>The position as the client sent it, or null when it holds none.</summary>
    public string? Position { get; private init; }

    private bool FromEarliest { get; init; }

    private long? FromLast { get; init; }

    private string? Since { get; init; }

    public bool HoldsPosition => Position is not null;

    /// <summary>Whether it starts at the page's head, as it is.</summary>
    public bool IsNow => !HoldsPosition && !FromEarliest && FromLast is null && Since is null;

    /// <summary>Reads <c>Last-Event-ID</c>, <c>lastEventId</c> in any case or as <c>last_event_id</c>, <c>from</c> and <c>since</c>.</summary>
    public static bool TryRead(HttpRequest request, out StartQuery start, [NotNullWhen(false)] out string? fault)
    {
        start = new StartQuery { Position = PositionOf(request) };
        fault = null;
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
                fault = "from is 'earliest', or a negative number such as -10 for the last ten updates.";
                return false;
            }
        }

        if (request.Query.TryGetValue("since", out var since))
        {
            if (!SinceTime.IsValid(since.ToString()))
            {
                fault = "since is a duration such as 90s, 10m, 2h or 1d, or an ISO 8601 time.";
                return false;
            }

            start = start with { Since = since.ToString() };
        }

        return true;
    }

    /// <summary>The position the stream really starts from, and why it is not the one the client holds, if so.</summary>
    public async ValueTask<(StartPosition Start, ResetReason? Reset)> ResolveAsync(
        IPageLog log, PageId page, TimeProvider time, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page, cancellationToken);
        if (Position is not null)
        {
            var reset = UpdateId.TryParse(Position, out var held) ? head.Judge(held) : ResetReason.Unknown;
            return (new StartPosition(reset is null ? held : head.Head, IsWish: false), reset);
        }

        if (FromEarliest || FromLast >= head.Count)
        {
            return (new StartPosition(head.Earliest, IsWish: true), null);
        }

        if (FromLast is { } last)
        {
            return (new StartPosition(head.Head.Before(head.Head.Sequence - last + 1), IsWish: true), null);
        }

        if (Since is null)
        {
            return (new StartPosition(head.Head, IsWish: false), null);
        }

        var since = await HistorySearch.PositionAtAsync(log, page, SinceTime.Parse(Since, time.GetUtcNow()), cancellationToken);
        return (new StartPosition(since, IsWish: true), null);
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
