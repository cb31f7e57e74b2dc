using System.ComponentModel.DataAnnotations;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Drain;

/// <summary>How a server stops (<c>Drain:*</c>).</summary>
public sealed class DrainOptions
{
    private static readonly TimeSpan _periodOfMany = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Over how long the streams of a server that stops are ended, one after the other. Default: 20 s for a server that
    /// shares its store with others, which then take the readers. 0 for a server that has its own, so that it is back
    /// soon. 0 s to 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan? Period { get; set; }

    /// <summary>The period, also if it is not set.</summary>
    public TimeSpan GetPeriod(StoreKind store) =>
        Period ?? (store == StoreKind.Redis ? _periodOfMany : TimeSpan.Zero);
}
