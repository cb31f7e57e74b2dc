using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Subscribe;

/// <summary>What a stream of several pages asks for, as text: from the query, or from a body of JSON.</summary>
/// <param name="Pages">The names of the pages.</param>
/// <param name="Patterns">The patterns for others.</param>
/// <param name="Events">The event names; none asks for all.</param>
/// <param name="Presence">Whether a body asks for the numbers of streams; a query says so itself.</param>
internal sealed record RequestedPages(
    IReadOnlyList<string?> Pages,
    IReadOnlyList<string?> Patterns,
    IReadOnlyList<string?> Events,
    bool Presence = false)
{
    /// <summary>The largest body: 100 names of 200 characters, and 20 event names, with room for escapes.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    private const string Shape =
        "The body must be JSON: "
        + """{"pages":["…"],"patterns":["…"],"events":["…"],"presence":true}, with pages, patterns or both.""";

    public static RequestedPages Of(IQueryCollection query) => new(query["page"], query["pattern"], query["event"]);

    /// <summary>Reads the body of a <c>POST</c>.</summary>
    public static bool TryRead(
        byte[] body, [NotNullWhen(true)] out RequestedPages? list, [NotNullWhen(false)] out Refusal? refusal)
    {
        list = null;
        try
        {
            list = JsonSerializer.Deserialize(body, RequestedPagesJson.Default.RequestedPagesBody)?.ToList();
        }
        catch (JsonException)
        {
            // The refusal says what is expected.
        }

        refusal = list is null ? new Refusal(Problem.Pages, Shape) : null;
        return refusal is null;
    }

    /// <summary>The pages, each once.</summary>
    public bool TryReadPages(out IReadOnlyList<PageId> pages, [NotNullWhen(false)] out Refusal? refusal)
    {
        pages = [];
        var fewest = Patterns.Count == 0 ? 1 : 0;
        refusal = Pages.Count >= fewest && Pages.Count <= PagePositions.MaxPages
            ? null
            : new Refusal(Problem.Pages, $"A stream has 1 to {PagePositions.MaxPages} pages, or patterns.");
        var read = new List<PageId>(Pages.Count);
        foreach (var name in refusal is null ? Pages : [])
        {
            if (!PageId.TryParse(name ?? "", out var page, out var error))
            {
                refusal = new Refusal(Problem.PageName, error);
                return false;
            }

            read.Add(page);
        }

        pages = [.. read.Distinct()];
        return refusal is null;
    }
}
