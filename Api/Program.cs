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

return await StartFaults.ReportAsync(async () =>
{
    if (TokenCommand.IsAsked(args))
    {
        await TokenCommand.RunAsync(args);
        return;
    }

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
    builder.AddTryPage();
    builder.AddHealth();
    builder.AddStartMessage();

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
    await app.RunAsync();
});
