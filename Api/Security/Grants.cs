using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>What a token lets its bearer do: the claim <c>livestreams</c>, <c>{"publish":["home","news:*"],"subscribe":["*"]}</c>. What it does not name it does not grant.</summary>
internal sealed class Grants
{
    public const string Claim = "livestreams";

    private PagePattern[] _publish = [];
    private PagePattern[] _subscribe = [];

    private Grants()
    {
    }

    /// <summary>Reads the claim out of a token's claims; a token without it grants nothing.</summary>
    public static bool TryRead(JsonElement claims, out Grants grants, [NotNullWhen(false)] out string? error)
    {
        grants = new Grants();
        error = null;
        if (!claims.TryGetProperty(Claim, out var claim))
        {
            return true;
        }

        if (claim.ValueKind != JsonValueKind.Object)
        {
            error = $"The claim {Claim} is not an object.";
            return false;
        }

        return TryReadPatterns(claim, "publish", ref grants._publish, out error) && TryReadPatterns(claim, "subscribe", ref grants._subscribe, out error);
    }

    public bool Publish(PageId page) => Matches(_publish, page);

    public bool Subscribe(PageId page) => Matches(_subscribe, page);

    private static bool TryReadPatterns(JsonElement claim, string name, ref PagePattern[] patterns, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (!claim.TryGetProperty(name, out var list))
        {
            return true;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            error = $"In the claim {Claim}, {name} is not a list.";
            return false;
        }

        patterns = new PagePattern[list.GetArrayLength()];
        var count = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !PagePattern.TryParse(item.GetString(), out patterns[count++]))
            {
                error = $"In the claim {Claim}, {name} has what is neither the name of a page nor the beginning of names and '*'.";
                return false;
            }
        }

        return true;
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
