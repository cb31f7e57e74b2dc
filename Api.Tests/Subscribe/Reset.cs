using System.Net.ServerSentEvents;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>What an event <c>reset</c> says.</summary>
internal sealed record Reset(string Reason, string From, long? Missed)
{
    /// <summary>Reads a reset; fails for any other event.</summary>
    public static Reset Parse(SseItem<string> item)
    {
        Assert.Equal("reset", item.EventType);
        return JsonSerializer.Deserialize<Reset>(item.Data, JsonSerializerOptions.Web)!;
    }
}
