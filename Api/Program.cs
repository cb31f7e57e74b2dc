using LiveStreams.Api.Browser;
using LiveStreams.Api.Health;
using LiveStreams.Api.History;
using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Posts;
using LiveStreams.Api.Publish;
using LiveStreams.Api.Security;
using LiveStreams.Api.Store;
using LiveStreams.Api.Subscribe;
using LiveStreams.Api.TryPage;

return await StartErrors.ReportAsync(
    () => TokenCommand.IsRequested(args) ? TokenCommand.RunAsync(args) : Build(args).RunAsync());

/// <summary>What the server is made of, and in which order a request passes through it.</summary>
internal sealed partial class Program
{
    /// <summary>
    /// Makes a server that has not started yet. <paramref name="replace"/> replaces services, such as the clock in
    /// tests.
    /// </summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder([.. Defaults.Host, .. args]);
        builder.AddDefaults();
        builder.AddKestrel();
        builder.AddProblems();
        builder.AddCrossOrigin();
        builder.AddSecurity();
        builder.AddLimits();
        builder.AddStore();
        builder.AddPublish();
        builder.AddSubscribe();
        builder.AddHistory();
        builder.AddTryPage();
        builder.AddHealth();
        builder.AddStartMessage();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseTrustedProxies();
        app.UseChunkedBodies();
        app.UseProblems();
        app.UseCrossOrigin();
        app.MapPublish();
        app.MapSubscribe();
        app.MapPosts();
        app.MapHistory();
        app.MapBrowser();
        app.MapTryPage();
        app.MapHealth();
        return app;
    }
}
