using System.Globalization;
using System.Text;

namespace LiveStreams.Bench.Report;

/// <summary>A line plot as a self-contained SVG. Both axes are linear and start at 0.</summary>
internal sealed class LinePlot(string title, string xLabel, string yLabel)
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
        AppendFrame(svg);
        AppendTicks(svg, maxX, maxY);
        AppendLabels(svg);
        foreach (var ((name, points), colour) in _lines.Zip(_colours))
        {
            AppendLine(svg, name, colour, [.. points.Select(point => (X(point.X, maxX), Y(point.Y, maxY)))]);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendTicks(StringBuilder svg, double maxX, double maxY)
    {
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (x, y) = (X(tick, Ticks), Y(tick, Ticks));
            var (xValue, yValue) = (maxX * tick / Ticks, maxY * tick / Ticks);
            Append(svg, $"""
                <path d="M{Left} {y:F1}H{Width - Right}" stroke="#ddd"/>
                <text x="{Left - 8}" y="{y + 4:F1}" text-anchor="end">{yValue:#,0.##}</text>
                <text x="{x:F1}" y="{Height - Bottom + 20}" text-anchor="middle">{xValue:#,0.##}</text>
                """);
        }
    }

    private static void AppendLine(StringBuilder svg, string name, string colour, (double X, double Y)[] points)
    {
        var path = string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:F1},{point.Y:F1}")));
        var (lastX, lastY) = points[^1];
        Append(svg, $"""
            <polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>
            <text x="{lastX + 8:F1}" y="{lastY + 4:F1}" fill="{colour}">{name}</text>
            """);
        foreach (var (x, y) in points)
        {
            Append(svg, $"""<circle cx="{x:F1}" cy="{y:F1}" r="3" fill="{colour}"/>""");
        }
    }

    private static double X(double value, double max) => Left + ((Width - Left - Right) * value / max);

    private static double Y(double value, double max) => Height - Bottom - ((Height - Top - Bottom) * value / max);

    /// <summary>Rounds up to 1, 2, 2.5, 5 or 10 times a power of ten, so that the ticks are round numbers.</summary>
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * new[] { 1, 2, 2.5, 5, 10 }.First(step => step * power >= value);
    }

    private static void Append(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void AppendFrame(StringBuilder svg) => Append(svg, $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}"
          font-family="sans-serif" font-size="13" fill="#333">
        <rect width="{Width}" height="{Height}" fill="#fff"/>
        <text x="{Left}" y="28" font-size="16">{title}</text>
        """);

    private void AppendLabels(StringBuilder svg)
    {
        var (centreX, centreY) = ((Left + Width - Right) / 2, (Top + Height - Bottom) / 2);
        Append(svg, $"""
            <text x="{centreX}" y="{Height - 15}" text-anchor="middle">{xLabel}</text>
            <text transform="translate(18 {centreY}) rotate(-90)" text-anchor="middle">{yLabel}</text>
            """);
    }
}
