using System.Net;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Follows a stream for as long as there is one: when it is cut, it is opened again at the position that was reached,
/// so no update is lost and none is repeated.
/// </summary>
internal sealed class StreamFollower(
    ServerClient server, TailRequest request, TailPrinter printer, RetryDelay delay, TimeProvider time)
{
    private readonly RepeatFilter _repeats = new();
    private string? _position;
    private bool _hasConnected;

    /// <summary>Returns when the page has ended.</summary>
    /// <exception cref="ServerException">
    /// The server refuses the stream for good, or cannot be reached the first time.
    /// </exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string lost;
            TimeSpan? retryAfter = null;
            try
            {
                if (await StreamAsync(cancellationToken))
                {
                    return;
                }

                lost = "The server ended the stream.";
            }
            catch (ServerException exception) when (exception.IsWorthRetrying(_hasConnected))
            {
                (lost, retryAfter) = (exception.Message, exception.RetryAfter);
            }
            catch (IOException)
            {
                lost = "The stream was cut.";
            }
            catch (TimeoutException)
            {
                lost = "Nothing has come for a minute, not even a heartbeat.";
            }

            var wait = delay.Next(retryAfter);
            printer.Lost(lost, wait);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>
    /// Prints one stream to its end. Returns whether nothing will follow, because the page has ended.
    /// </summary>
    private async Task<bool> StreamAsync(CancellationToken cancellationToken)
    {
        using var message = request.Create(_position);
        using var response = await server.OpenAsync(message, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            printer.Ended();
            return true;
        }

        Validate(response);
        printer.Connected(server.Name, request.Description, isAgain: _hasConnected);
        _hasConnected = true;
        delay.Reset();

        // Where the stream really starts: it may be cut before it has sent an id.
        _position ??= response.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.First() : null;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = new EventStreamReader(body, time);
        try
        {
            await foreach (var item in reader.ReadAsync(cancellationToken))
            {
                var update = PageEvent.Read(item, request.Page);
                if (!_repeats.IsRepeated(update))
                {
                    printer.Print(update);
                }

                if (update.IsEnd && request.Page is not null)
                {
                    return true;
                }
            }
        }
        finally
        {
            _position = reader.Position ?? _position;
            delay.First = reader.Retry ?? delay.First;
        }

        return false;
    }

    private void Validate(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType is var type and not "text/event-stream")
        {
            throw new ToolException(
                $"{server.Name} sends {type ?? "no content type"} where an event stream was expected: "
                + "is it a LiveStreams server?");
        }
    }
}
