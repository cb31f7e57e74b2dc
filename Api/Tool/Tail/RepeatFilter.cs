using LiveStreams.Core;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Finds updates that have been seen. A stream of patterns may repeat those of the seconds before it was cut
/// (docs/protocol.md, "Patterns").
/// </summary>
internal sealed class RepeatFilter
{
    private readonly Dictionary<string, UpdateId> _newest = [];

    /// <summary>Whether this update has been passed before. Else it is remembered.</summary>
    public bool IsRepeated(PageEvent update)
    {
        // A reset says where the page continues; it is not an update, and nor is its id.
        if (update.IsReset || !UpdateId.TryParse(update.Id, out var id) || id.IsNone)
        {
            return false;
        }

        if (_newest.TryGetValue(update.Page, out var newest)
            && newest.Epoch == id.Epoch
            && newest.Sequence >= id.Sequence)
        {
            return true;
        }

        _newest[update.Page] = id;
        return false;
    }
}
