using System.Globalization;

namespace LiveStreams.Api.Status;

/// <summary>Numbers, bytes and times as people read them.</summary>
internal static class Quantity
{
    private static readonly string[] _byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(double value) => value.ToString(value < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);

    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 1024 && unit < _byteUnits.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        var number = bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture);
        return $"{number} {_byteUnits[unit]}";
    }

    /// <summary>In the two largest units: <c>3 d 4 h</c>, <c>12 min 7 s</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{(int)time.TotalDays} d {time.Hours} h",
        { TotalHours: >= 1 } => $"{time.Hours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{Math.Max(0, time.Seconds)} s",
    };
}
