using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>
/// Which block of history a request asks for: after a position, before an update, since a time, or else from the oldest
/// kept update.
/// </summary>
internal readonly record struct HistoryQuery
{
    private const int DefaultLimit = 100;

    /// <summary>The most updates in it.</summary>
    public int Limit { get; private init; }

    /// <summary>The position it follows, or null.</summary>
    public UpdateId? After { get; private init; }

    /// <summary>The update that follows it, or null.</summary>
    public UpdateId? Before { get; private init; }

    /// <summary>The time from which it begins (<see cref="SinceTime"/>), or null.</summary>
    public string? Since { get; private init; }

    /// <summary>
    /// Whether the query says with an id where the block is. Position <c>0</c> is in any epoch, so it does not.
    /// </summary>
    public bool NamesEdge => Before is not null || After is { IsNone: false };

    /// <summary>Reads <c>limit</c> and one of <c>after</c>, <c>before</c> and <c>since</c>.</summary>
    public static bool TryRead(
        HttpRequest request,
        out HistoryQuery query,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        query = new HistoryQuery { Limit = DefaultLimit };
        var error = ReadLimit(request.Query, ref query)
            ?? ReadAfter(request.Query, ref query)
            ?? ReadBefore(request.Query, ref query)
            ?? ReadSince(request.Query, ref query);
        refusal = error is null ? null : new Refusal(Problem.Query, error);
        return refusal is null;
    }

    private static string? ReadLimit(IQueryCollection parameters, ref HistoryQuery query)
    {
        if (!parameters.TryGetValue("limit", out var text))
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            || limit is < 1 or > HistoryBlock.MaxUpdates)
        {
            return $"limit must be a number from 1 to {HistoryBlock.MaxUpdates}.";
        }

        query = query with { Limit = limit };
        return null;
    }

    private static string? ReadAfter(IQueryCollection parameters, ref HistoryQuery query)
    {
        if (!parameters.TryGetValue("after", out var text))
        {
            return null;
        }

        if (!UpdateId.TryParse(text, out var after))
        {
            return "after must be the id of an update, or 0.";
        }

        query = query with { After = after };
        return null;
    }

    private static string? ReadBefore(IQueryCollection parameters, ref HistoryQuery query)
    {
        if (!parameters.TryGetValue("before", out var text))
        {
            return null;
        }

        if (!UpdateId.TryParse(text, out var before) || before.Sequence == 0)
        {
            return "before must be the id of an update.";
        }

        query = query with { Before = before };
        return query.After is null ? null : "after and before cannot be combined.";
    }

    private static string? ReadSince(IQueryCollection parameters, ref HistoryQuery query)
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
        return query.After is null && query.Before is null ? null : "since cannot be combined with after or before.";
    }
}
