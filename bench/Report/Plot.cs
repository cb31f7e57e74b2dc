using System.Globalization;
using System.Text;

namespace LiveStreams.Bench.Report;

/// <summary>Lines through points, drawn as an SVG that is read without anything else. Both axes are linear and begin at 0.</summary>
internal sealed class Plot(string title, string xLabel, string yLabel)
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 80;
    private const int Right = 150;
    private const int Top = 50;
    private const int Bottom = 60;
    private const int Ticks = 5;
    private static readonly string[] _colours = ["#0b6bcb", "#c0392b", "#7f8c8d", "#2e8b57"];
    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> _lines = [];

    public void Add(string name, IReadOnlyList<(double X, double Y)> points) => _lines.Add((name, points));

    public string ToSvg()
    {
        var maxX = RoundUp(_lines.Max(line => line.Points.Max(point => point.X)));
        var maxY = RoundUp(_lines.Max(line => line.Points.Max(point => point.Y)));
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13" fill="#333">""");
        Append(svg, $"""<rect width="{Width}" height="{Height}" fill="#fff"/><text x="{Left}" y="28" font-size="16">{title}</text>""");
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (x, y) = (X(tick, Ticks), Y(tick, Ticks));
            Append(svg, $"""<path d="M{Left} {y:F1}H{Width - Right}" stroke="#ddd"/><text x="{Left - 8}" y="{y + 4:F1}" text-anchor="end">{maxY * tick / Ticks:#,0.##}</text>""");
            Append(svg, $"""<text x="{x:F1}" y="{Height - Bottom + 20}" text-anchor="middle">{maxX * tick / Ticks:#,0.##}</text>""");
        }

        Append(svg, $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 15}" text-anchor="middle">{xLabel}</text>""");
        Append(svg, $"""<text transform="translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{yLabel}</text>""");
        foreach (var ((name, points), colour) in _lines.Zip(_colours))
        {
            var path = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X, maxX):F1},{Y(point.Y, maxY):F1}")));
            Append(svg, $"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            Append(svg, $"""<text x="{X(points[^1].X, maxX) + 8:F1}" y="{Y(points[^1].Y, maxY) + 4:F1}" fill="{colour}">{name}</text>""");
            foreach (var (x, y) in points)
            {
                Append(svg, $"""<circle cx="{X(x, maxX):F1}" cy="{Y(y, maxY):F1}" r="3" fill="{colour}"/>""");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double X(double value, double max) => Left + ((Width - Left - Right) * value / max);

    private static double Y(double value, double max) => Height - Bottom - ((Height - Top - Bottom) * value / max);

    /// <summary>The next of 1, 2, 2.5, 5 and 10 times a power of ten, so that the ticks fall on round numbers.</summary>
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * new[] { 1, 2, 2.5, 5, 10 }.First(step => step * power >= value);
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
