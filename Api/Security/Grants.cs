using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>
/// What a token grants its bearer: the claim <c>livestreams</c>,
/// <c>{"publish":["news:*"],"events":["score"],"posts":["home"],"end":[],"subscribe":["*"]}</c>. What it does not name
/// it does not grant. A member that does not exist makes the token invalid: a misspelt <c>events</c> would otherwise
/// restrict nothing.
/// </summary>
internal sealed class Grants
{
    public const string Claim = "livestreams";

    private const string PageRule = "a page's name, or a prefix of page names followed by '*'";
    private const string EventRule = "an event name, or a prefix of event names followed by '*'";

    private static readonly string[] _names =
        [GrantName.Publish, GrantName.Events, GrantName.Posts, GrantName.End, GrantName.Subscribe];

    private static readonly Grants _none = new();

    private PagePattern[] _publish = [];
    private PagePattern[] _posts = [];
    private PagePattern[] _end = [];
    private PagePattern[] _subscribe = [];

    /// <summary>Null allows every event name.</summary>
    private EventPattern[]? _events;

    /// <summary>
    /// The pages that it may publish to, whose posts it may change, or that it may read if they are private.
    /// </summary>
    public IEnumerable<PagePattern> Listed => [.. _publish, .. _posts, .. _subscribe];

    /// <summary>The private pages that it may read.</summary>
    public IReadOnlyList<PagePattern> Subscribed => _subscribe;

    /// <summary>Whether there is any page that it may publish to, or whose posts it may change.</summary>
    public bool MayPublishAnything => _publish.Length > 0 || _posts.Length > 0;

    /// <summary>Reads the claim from a token's claims; a token without it grants nothing.</summary>
    public static TokenResult<Grants> Read(JsonElement claims)
    {
        if (!claims.TryGetProperty(Claim, out var claim))
        {
            return _none;
        }

        if (claim.ValueKind != JsonValueKind.Object)
        {
            return $"The claim {Claim} is not an object.";
        }

        if (claim.EnumerateObject().Any(member => !_names.Contains(member.Name)))
        {
            return $"The claim {Claim} has a member other than {string.Join(", ", _names)}.";
        }

        var grants = new Grants();
        var error = ReadPages(claim, GrantName.Publish, ref grants._publish)
            ?? ReadList<EventPattern>(claim, GrantName.Events, EventPattern.TryParse, EventRule, ref grants._events)
            ?? ReadPages(claim, GrantName.Posts, ref grants._posts)
            ?? ReadPages(claim, GrantName.End, ref grants._end)
            ?? ReadPages(claim, GrantName.Subscribe, ref grants._subscribe);
        return error is null ? grants : error;
    }

    public bool MayPublish(PageId page) => Matches(_publish, page);

    /// <summary>Whether updates may have this event name, on the pages to which the token may publish.</summary>
    public bool AllowsEvent(string name) => _events is null || Array.Exists(_events, pattern => pattern.Matches(name));

    public bool MayChangePosts(PageId page) => Matches(_posts, page);

    public bool MayEnd(PageId page) => Matches(_end, page);

    public bool MaySubscribe(PageId page) => Matches(_subscribe, page);

    private static string? ReadPages(JsonElement claim, string name, ref PagePattern[] pages) =>
        ReadList<PagePattern>(claim, name, PagePattern.TryParse, PageRule, ref pages!);

    // Null when the list is valid, or not there: then it stays as it is.
    private static string? ReadList<T>(
        JsonElement claim, string name, PatternParser<T> tryParse, string rule, ref T[]? patterns)
    {
        if (!claim.TryGetProperty(name, out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return $"In the claim {Claim}, {name} is not a list.";
        }

        patterns = new T[list.GetArrayLength()];
        var count = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !tryParse(item.GetString(), out patterns[count++]))
            {
                return $"In the claim {Claim}, {name} has an entry that is not {rule}.";
            }
        }

        return null;
    }

    private static bool Matches(PagePattern[] patterns, PageId page)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(page))
            {
                return true;
            }
        }

        return false;
    }

    private delegate bool PatternParser<T>(string? text, out T pattern);
}
