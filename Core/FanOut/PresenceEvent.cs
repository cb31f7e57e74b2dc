using System.Globalization;
using System.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>The event that says how many event streams a page has.</summary>
/// <param name="Subscribers">The number.</param>
/// <param name="Frame">The event, shared by the page's streams.</param>
internal sealed record PresenceEvent(int Subscribers, Frame Frame)
{
    public static PresenceEvent Create(int subscribers)
    {
        var json = string.Create(CultureInfo.InvariantCulture, $$"""{"subscribers":{{subscribers}}}""");
        var update = new Update(UpdateId.None, EventName.Presence, Encoding.ASCII.GetBytes(json), default);
        return new PresenceEvent(subscribers, Frame.Create(update, UpdateId.None));
    }
}
