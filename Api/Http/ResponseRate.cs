using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LiveStreams.Api.Http;

/// <summary>The least rate at which a client must read a response.</summary>
internal static class ResponseRate
{
    /// <summary>
    /// Disables Kestrel's minimum for a response that has deadlines of its own (<c>Subscribers:StallTimeout</c>).
    /// Kestrel's would close a whole HTTP/2 connection.
    /// </summary>
    public static void DisableMinimum(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
