using System.Text;

namespace LiveStreams.Api.Tool.Publishing;

/// <summary>
/// Publishes each line of a text as an update, in order, one after the other. Every line has a key, so one whose
/// response was lost can be sent again without being published twice.
/// </summary>
internal sealed class LinePublisher(
    UpdatePublisher publisher,
    string key,
    ToolOutput output,
    TextWriter status,
    RetryDelay delay,
    TimeProvider time)
{
    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    private bool _hasPublished;

    /// <summary>Publishes all lines and prints the id of each.</summary>
    /// <exception cref="ToolException">
    /// The server refuses a line for good, or cannot be reached for the first one.
    /// </exception>
    public async Task PublishAsync(Stream input, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(input, _strictUtf8, detectEncodingFromByteOrderMarks: false);
        for (var number = 1; await ReadLineAsync(lines, number, cancellationToken) is { } line; number++)
        {
            var id = await PublishLineAsync(line, number, cancellationToken);
            try
            {
                output.WriteLine(id);
            }
            catch (ClosedOutputException exception)
            {
                throw new ToolException(
                    $"Line {number} is published, but nobody reads its id, so what follows it is not published.",
                    exception);
            }
        }
    }

    private static async Task<string?> ReadLineAsync(
        StreamReader lines, int number, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ToolException($"Line {number} is not UTF-8, or one soon after it.", exception);
        }
    }

    private async Task<string> PublishLineAsync(string line, int number, CancellationToken cancellationToken)
    {
        var data = Encoding.UTF8.GetBytes(line);
        while (true)
        {
            TimeSpan wait;
            try
            {
                var id = await publisher.PublishAsync(data, $"{key}-{number}", cancellationToken);
                _hasPublished = true;
                delay.Reset();
                return id;
            }
            catch (ServerException exception) when (exception.IsWorthRetrying(_hasPublished))
            {
                wait = delay.Next(exception.RetryAfter);
                await status.WriteLineAsync(TerminalText.Escape(
                    $"Line {number}: {exception.Message} Sending it again in {RetryDelay.Text(wait)}."));
            }
            catch (ServerException exception)
            {
                throw new ToolException($"Line {number}: {exception.Message}", exception);
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }
}
