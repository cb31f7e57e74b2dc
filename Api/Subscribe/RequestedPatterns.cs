using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>The patterns that a stream asks for.</summary>
internal static class RequestedPatterns
{
    public static bool TryRead(
        IReadOnlyCollection<string?> texts,
        out IReadOnlyList<PagePattern> patterns,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        patterns = [];
        if (texts.Count > PatternScope.MaxPatterns)
        {
            refusal = new Refusal(Problem.Pages, $"A stream has at most {PatternScope.MaxPatterns} patterns.");
            return false;
        }

        var read = new List<PagePattern>(texts.Count);
        foreach (var text in texts)
        {
            if (!PagePattern.TryParse(text, out var pattern) || !pattern.IsPrefix || !PageId.IsPrefix(pattern.Name))
            {
                refusal = new Refusal(Problem.Pages, "A pattern is the beginning of page names and '*', as in news:*.");
                return false;
            }

            read.Add(pattern);
        }

        refusal = null;
        patterns = [.. read.Distinct()];
        return true;
    }
}
