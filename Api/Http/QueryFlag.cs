using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Api.Http;

/// <summary>A query parameter that is <c>true</c> or <c>false</c>.</summary>
internal static class QueryFlag
{
    public static bool TryRead(
        HttpRequest request,
        string name,
        bool defaultValue,
        out bool value,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        value = defaultValue;
        if (!request.Query.TryGetValue(name, out var texts))
        {
            return true;
        }

        var text = texts.ToString();
        value = text == "true";
        refusal = text is "true" or "false" ? null : new Refusal(Problem.Query, $"{name} must be 'true' or 'false'.");
        return refusal is null;
    }
}
