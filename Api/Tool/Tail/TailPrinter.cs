namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Writes updates to standard output, and what happens to the stream to standard error, so that both can be used apart.
/// </summary>
internal sealed class TailPrinter(ToolOutput output, ITailFormat format, TextWriter status)
{
    public void Connected(string server, string pages, bool isAgain) => Report(
        isAgain ? $"Connected again to {server}." : $"Connected to {server}; waiting for updates of {pages}.");

    public void Lost(string what, TimeSpan wait) =>
        Report($"{what} Reconnecting in {RetryDelay.Text(wait)}.");

    public void Ended() => Report("The page has ended.");

    /// <exception cref="ClosedOutputException">Nobody reads standard output any more.</exception>
    public void Print(PageEvent update)
    {
        if (format.Format(update) is { } lines)
        {
            output.WriteLine(lines);
        }

        if (update.IsReset)
        {
            Report($"{update.Page}: {PageReset.Read(update).Description}");
        }
        else if (update.IsEnd)
        {
            Report($"{update.Page} has ended.");
        }
    }

    private void Report(string sentence) => status.WriteLine(TerminalText.Escape(sentence));
}
