using System.Diagnostics.CodeAnalysis;
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
    public static bool TryRead(
        HttpRequest request,
        out HistoryQuery query,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        query = new HistoryQuery(DefaultLimit, After: null);
        if (request.Query.TryGetValue("limit", out var limitText))
        {
            if (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                || limit is < 1 or > HistoryBlock.MaxUpdates)
            {
                refusal = new Refusal(Problem.Query, $"limit must be a number from 1 to {HistoryBlock.MaxUpdates}.");
                return false;
            }

            query = query with { Limit = limit };
        }

        if (request.Query.TryGetValue("after", out var afterText))
        {
            if (!UpdateId.TryParse(afterText, out var after))
            {
                refusal = new Refusal(Problem.Query, "after must be the id of an update, or 0.");
                return false;
            }

            query = query with { After = after };
        }

        return true;
    }
}
