using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A server that plays what a test has written down, for what a real one does too seldom: each stream gets the next text, and stays open until it is cut.</summary>
internal sealed class PlayedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string?> _streams = new();
    private CancellationTokenSource _cut = new();

    private PlayedServer(WebApplication app) => _app = app;

    public string Events => $"{_app.Urls.Single()}/pages/home/events";

    public string Posts { get; set; } = "";

    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<PlayedServer> StartAsync(params string?[] streams)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PlayedServer(builder.Build());
        foreach (var stream in streams)
        {
            server._streams.Enqueue(stream);
        }

        server._app.MapGet("/pages/home/posts", server.PostsAsync);
        server._app.MapGet("/pages/home/events", server.EventsAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Cut()
    {
        var cut = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        cut.Cancel();
        cut.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _app.DisposeAsync();
        _cut.Dispose();
    }

    private Task PostsAsync(HttpContext context)
    {
        Note(context);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Posts);
    }

    private async Task EventsAsync(HttpContext context)
    {
        Note(context);
        if (!_streams.TryDequeue(out var text) || text is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var cut = _cut.Token;
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"retry: 100\n\n{text}", cut);
        await context.Response.Body.FlushAsync(cut);
        var closed = new TaskCompletionSource();
        await using var cutting = cut.Register(closed.SetResult);
        await using var leaving = context.RequestAborted.Register(() => closed.TrySetResult());
        await closed.Task;
        context.Abort();
    }

    private void Note(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        Requests.Enqueue($"{context.Request.Path.Value!.Split('/')[^1]}{context.Request.QueryString} {context.Request.Headers["Last-Event-ID"]}".TrimEnd());
    }
}
