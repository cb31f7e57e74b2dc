using LiveStreams.Api.Status;

namespace LiveStreams.Api.Tool.Top;

/// <summary>What a server did in a second, on average between two readings of its totals.</summary>
internal sealed record Rates(double Updates, double Frames, double Bytes)
{
    /// <summary>
    /// Returns null if there is nothing to compare with: no earlier reading, or the server has started since.
    /// </summary>
    public static Rates? Between(ServerStatus? earlier, ServerStatus later)
    {
        if (earlier is null || earlier.StartedAt != later.StartedAt || later.Now <= earlier.Now)
        {
            return null;
        }

        var seconds = (later.Now - earlier.Now).TotalSeconds;
        return new Rates(
            (later.Totals.Updates - earlier.Totals.Updates) / seconds,
            (later.Totals.Frames - earlier.Totals.Frames) / seconds,
            (later.Totals.Bytes - earlier.Totals.Bytes) / seconds);
    }
}
