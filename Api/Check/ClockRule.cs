using System.Globalization;

namespace LiveStreams.Api.Check;

/// <summary>
/// How far the clocks of machines may differ. Servers rely on it for streams that follow patterns, which take for
/// granted that an update is in the store 10 s after its time; tokens allow 30 s.
/// </summary>
internal static class ClockRule
{
    private static readonly TimeSpan _mostToIgnore = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mostToAccept = TimeSpan.FromSeconds(10);

    /// <param name="clock">Whose clock it is.</param>
    /// <param name="offset">That clock minus the clock of this machine; null if it is not known.</param>
    public static Finding Check(string clock, TimeSpan? offset)
    {
        if (offset is not { } known)
        {
            return Finding.Warn($"{clock} cannot be compared: let this user call INFO, or compare it yourself.");
        }

        var seconds = string.Create(CultureInfo.InvariantCulture, $"{known.Duration().TotalSeconds:0.0} s");
        var text = $"{clock} is {seconds} {(known < TimeSpan.Zero ? "behind" : "ahead of")} this machine's";
        const string Advice = "set both by NTP (timedatectl set-ntp true).";
        return known.Duration() switch
        {
            var difference when difference > _mostToAccept => Finding.Fail($"{text}: {Advice}"),
            var difference when difference > _mostToIgnore => Finding.Warn($"{text}: {Advice}"),
            _ => Finding.Ok($"{clock} agrees with this machine's."),
        };
    }
}
