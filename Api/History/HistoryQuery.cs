using System.Globalization;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>Which block of history a request asks for.</summary>
/// <param name="Limit">The most updates in it.</param>
/// <param name="After">The position it follows, or null for the oldest kept update.</param>
internal readonly record struct HistoryQuery(int Limit, UpdateId? After)
{
    private const int DefaultLimit = 100;

    /// <summary>Reads <c>limit</c> and <c>after</c>.</summary>
    public static Refusal? Read(HttpRequest request, out HistoryQuery query)
    {
        query = new HistoryQuery(DefaultLimit, After: null);
        if (request.Query.TryGetValue("limit", out var limitText))
        {
            if (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                || limit is < 1 or > HistoryBlock.MaxUpdates)
            {
                return new Refusal(Problem.Query, $"limit is a number from 1 to {HistoryBlock.MaxUpdates}.");
            }

            query = query with { Limit = limit };
        }

        if (request.Query.TryGetValue("after", out var afterText))
        {
            if (!UpdateId.TryParse(afterText, out var after))
            {
                return new Refusal(Problem.Query, "after is the id of an update, or 0.");
            }

            query = query with { After = after };
        }

        return null;
    }
}
