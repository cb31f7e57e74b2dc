using LiveStreams.Core;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Finds updates that have been seen. A stream of patterns may repeat those of the seconds before it was cut
/// (docs/protocol.md, "Patterns").
/// </summary>
internal sealed class RepeatFilter
{
    /// <summary>
    /// The most pages that are remembered; with more, all are forgotten, and updates may be repeated.
    /// </summary>
    private const int MaxPages = 10_000;

    private readonly Dictionary<string, UpdateId> _newest = [];

    /// <summary>Whether this update has been passed before. Else it is remembered.</summary>
    public bool IsRepeated(PageEvent update)
    {
        // A reset says where the page continues, which may be before what was seen: a store was restored.
        if (update.IsReset)
        {
            _newest.Remove(update.Page);
            return false;
        }

        if (!UpdateId.TryParse(update.Id, out var id) || id.IsNone)
        {
            return false;
        }

        if (_newest.TryGetValue(update.Page, out var newest)
            && newest.Epoch == id.Epoch
            && newest.Sequence >= id.Sequence)
        {
            return true;
        }

        if (_newest.Count >= MaxPages)
        {
            _newest.Clear();
        }

        _newest[update.Page] = id;
        return false;
    }
}
