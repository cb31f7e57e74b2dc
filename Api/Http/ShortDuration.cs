using System.Globalization;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Http;

/// <summary>A short duration: <c>90s</c>, <c>15m</c>, <c>12h</c>, <c>30d</c>; up to five digits.</summary>
internal static partial class ShortDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (Duration().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var count = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        duration = match.Groups[2].Value switch
        {
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(count),
        };
        return true;
    }

    [GeneratedRegex("^([0-9]{1,5})([smhd])$")]
    private static partial Regex Duration();
}
