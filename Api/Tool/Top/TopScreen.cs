using System.Text;

namespace LiveStreams.Api.Tool.Top;

/// <summary>
/// A whole terminal that is drawn again and again. What was on it before comes back at the end (the alternate screen of
/// xterm). Each picture is written at once, over the last one, so that nothing flickers.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    // The alternate screen, without a cursor, and without lines that wrap.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";

    private readonly ToolOutput _output;

    public TopScreen(ToolOutput output)
    {
        _output = output;
        _output.Write(Enter);
    }

    /// <summary>How many lines fit.</summary>
    public static int Height => Console.WindowHeight;

    public void Draw(IEnumerable<string> lines)
    {
        const string Home = "\e[H";
        const string EndLine = "\e[K";
        const string EndScreen = "\e[J";
        var picture = new StringBuilder(Home);
        picture.AppendJoin("\n", lines.Take(Height).Select(line => line + EndLine));
        picture.Append(EndScreen);
        _output.Write(picture.ToString());
    }

    /// <summary>Waits, and returns whether <c>q</c> was pressed meanwhile.</summary>
    public static async Task<bool> WaitAsync(TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < interval)
        {
            if (!Console.IsInputRedirected && Console.KeyAvailable && Console.ReadKey(intercept: true).KeyChar == 'q')
            {
                return true;
            }

            await Task.Delay(pause, time, cancellationToken);
        }

        return false;
    }

    public void Dispose() => _output.Write(Leave);
}
