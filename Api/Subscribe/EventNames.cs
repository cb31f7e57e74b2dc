using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Subscribe;

/// <summary>The event names that a stream asks for.</summary>
internal static class EventNames
{
    public static bool TryRead(
        IReadOnlyCollection<string?> names,
        out EventFilter filter,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        filter = EventFilter.All;
        if (names.Count > EventFilter.MaxNames)
        {
            refusal = new Refusal(Problem.Query, $"A stream asks for at most {EventFilter.MaxNames} event names.");
            return false;
        }

        foreach (var name in names)
        {
            if (EventName.FindError(name ?? "") is { } error)
            {
                refusal = new Refusal(Problem.EventName, error);
                return false;
            }
        }

        refusal = null;
        filter = names.Count == 0 ? filter : new EventFilter(names!);
        return true;
    }
}
