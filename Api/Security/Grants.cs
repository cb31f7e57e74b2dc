using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>
/// What a token grants its bearer: the claim <c>livestreams</c>,
/// <c>{"publish":["home","news:*"],"subscribe":["*"]}</c>. What it does not name it does not grant.
/// </summary>
internal sealed class Grants
{
    public const string Claim = "livestreams";

    private static readonly Grants _none = new([], []);

    private readonly PagePattern[] _publish;
    private readonly PagePattern[] _subscribe;

    private Grants(PagePattern[] publish, PagePattern[] subscribe) => (_publish, _subscribe) = (publish, subscribe);

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

        var publish = ReadPatterns(claim, "publish");
        var subscribe = ReadPatterns(claim, "subscribe");
        return (publish.Error ?? subscribe.Error) is { } error ? error : new Grants(publish.Value!, subscribe.Value!);
    }

    /// <summary>Whether there is any page that it may publish to.</summary>
    public bool MayPublishAnything => _publish.Length > 0;

    public bool MayPublish(PageId page) => Matches(_publish, page);

    public bool MaySubscribe(PageId page) => Matches(_subscribe, page);

    private static TokenResult<PagePattern[]> ReadPatterns(JsonElement claim, string name)
    {
        if (!claim.TryGetProperty(name, out var list))
        {
            return Array.Empty<PagePattern>();
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return $"In the claim {Claim}, {name} is not a list.";
        }

        var patterns = new PagePattern[list.GetArrayLength()];
        var count = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String
                || !PagePattern.TryParse(item.GetString(), out patterns[count++]))
            {
                return $"In the claim {Claim}, {name} has an entry that is not a page's name, "
                    + "or a prefix of page names followed by '*'.";
            }
        }

        return patterns;
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
}
